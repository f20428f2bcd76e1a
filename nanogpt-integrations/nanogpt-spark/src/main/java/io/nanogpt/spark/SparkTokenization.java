package io.nanogpt.spark;

import io.nanogpt.NanogptException;
import io.nanogpt.data.TokenSource;
import io.nanogpt.data.Tokenization;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizers;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import scala.Tuple2;

/**
 * Conversion of text files into token files, a task for each. A token file has the ids that {@link Tokenization} writes on one
 * machine; its name is the number of the text, in the order of their URIs, and the text's own name.
 */
public final class SparkTokenization {
    private static final String SUFFIX = ".bin";
    private static final String METADATA = ".json";

    private final JavaSparkContext context;
    private final RemoteFiles files;
    private final Tokenizer tokenizer;
    private SparkFunction<Tokenization, Tokenization> settings = tokenization -> tokenization;

    SparkTokenization(JavaSparkContext context, RemoteFiles files, Tokenizer tokenizer) {
        this.context = context;
        this.files = files;
        this.tokenizer = tokenizer;
    }

    /**
     * A token file.
     *
     * @param uri of the file
     * @param text URI of the text
     * @param tokens ids in the file
     * @param bytes of the text
     */
    public record TokenFile(String uri, String text, long tokens, long bytes) implements Serializable {}

    /** Sets a change to the settings of the conversion, such as its cleaning; the threads of a task are {@code spark.task.cpus}. */
    public SparkTokenization settings(SparkFunction<Tokenization, Tokenization> change) {
        settings = Objects.requireNonNull(change, "change");
        return this;
    }

    /**
     * Converts text files, UTF-8.
     *
     * @param texts absolute URI, with wildcards or without
     * @param folder absolute URI of a folder without token files of other texts
     * @return the token files in order
     * @throws NanogptException if there is no such text, or the folder has other files
     */
    public List<TokenFile> write(String texts, String folder) {
        return write(List.of(texts), folder);
    }

    /**
     * Converts text files, as {@link #write(String, String)} does.
     *
     * @param texts absolute URIs, with wildcards or without
     */
    public List<TokenFile> write(List<String> texts, String folder) {
        String target = RemoteFiles.requireAbsolute("the folder of the token files", folder);
        List<String> inputs = inputs(files, texts.toArray(new String[0]));
        List<Tuple2<String, String>> pairs = IntStream.range(0, inputs.size())
                .mapToObj(number -> new Tuple2<>(inputs.get(number), target + "/" + name(number, inputs.get(number))))
                .toList();
        requireNoOthers(pairs, target);
        Broadcast<String> json = context.broadcast(tokenizer.toJson());
        RemoteFiles remote = files;
        SparkFunction<Tokenization, Tokenization> change = settings;
        try {
            return List.copyOf(context.parallelize(pairs, pairs.size())
                    .map(pair -> convert(remote, json.value(), change, pair))
                    .collect());
        } finally {
            json.destroy();
        }
    }

    /** The texts, each once, in the order of their URIs. */
    static List<String> inputs(RemoteFiles files, String... uris) {
        TreeSet<String> inputs = new TreeSet<>();
        for (String uri : uris) {
            inputs.addAll(files.glob(RemoteFiles.requireAbsolute("a text", uri)));
        }
        if (inputs.isEmpty()) {
            throw new IllegalArgumentException("no text is given; give at least one URI");
        }
        return List.copyOf(inputs);
    }

    private static String name(int number, String text) {
        return String.format(Locale.ROOT, "%06d-%s", number, new org.apache.hadoop.fs.Path(text).getName()) + SUFFIX;
    }

    private void requireNoOthers(List<Tuple2<String, String>> pairs, String folder) {
        List<String> others = new ArrayList<>(files.names(folder));
        for (Tuple2<String, String> pair : pairs) {
            String name = new org.apache.hadoop.fs.Path(pair._2()).getName();
            others.remove(name);
            others.remove(name + METADATA);
        }
        if (!others.isEmpty()) {
            throw new NanogptException(folder + " has files that are not of these texts, such as " + others.get(0)
                    + "; choose another folder, or delete them");
        }
    }

    private static TokenFile convert(
            RemoteFiles files,
            String json,
            SparkFunction<Tokenization, Tokenization> change,
            Tuple2<String, String> pair) {
        Path scratch = RemoteFiles.scratch();
        try {
            Path tokenizer = Files.writeString(scratch.resolve("tokenizer.json"), json);
            Path text = scratch.resolve("text");
            files.download(pair._1(), text);
            Path tokens = scratch.resolve("tokens" + SUFFIX);
            Tokenization.Report report = change.apply(
                            Tokenization.with(Tokenizers.load(tokenizer)).withThreads(Cluster.taskCpus()))
                    .write(text, tokens);
            // The metadata after the ids, as on one machine: ids without it are not complete.
            files.upload(tokens, pair._2());
            files.upload(scratch.resolve("tokens" + SUFFIX + METADATA), pair._2() + METADATA);
            return new TokenFile(pair._2(), pair._1(), report.tokens(), report.bytes());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the tokenizer to " + scratch + ": " + e.getMessage(), e);
        } finally {
            RemoteFiles.deleteLocal(scratch);
        }
    }

    static TokenSource open(RemoteFiles files, String folder) {
        RemoteFiles.requireAbsolute("the folder of the token files", folder);
        Path copy = RemoteFiles.scratch();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> RemoteFiles.deleteLocal(copy)));
        List<TokenSource> sources = new ArrayList<>();
        for (String name : files.names(folder)) {
            if (name.endsWith(SUFFIX)) {
                files.download(folder + "/" + name + METADATA, copy.resolve(name + METADATA));
                files.download(folder + "/" + name, copy.resolve(name));
                sources.add(TokenSource.open(copy.resolve(name)));
            }
        }
        if (sources.isEmpty()) {
            throw new NanogptException("there are no token files in " + folder);
        }
        return TokenSource.concat(sources);
    }
}
