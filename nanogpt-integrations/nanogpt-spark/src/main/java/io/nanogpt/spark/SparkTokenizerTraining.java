package io.nanogpt.spark;

import io.nanogpt.tokenizer.ByteLevelBpeConfig;
import io.nanogpt.tokenizer.ByteLevelBpeConfig.TieRule;
import io.nanogpt.tokenizer.SplitPattern;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizers;
import io.nanogpt.tokenizer.WordCounts;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Training of a byte-level BPE tokenizer on files, a task for each: tasks count pre-tokens, the counts are merged in a tree of tasks,
 * and this process learns the merges from those of all files. The result is that of {@link Tokenizers.ByteLevelBpe} on one
 * machine.
 */
public final class SparkTokenizerTraining {
    /** Counts that a task merges. */
    private static final int MERGED = 16;

    private final JavaSparkContext context;
    private final RemoteFiles files;
    private ByteLevelBpeConfig config = Tokenizers.byteLevelBpe().config();

    SparkTokenizerTraining(JavaSparkContext context, RemoteFiles files) {
        this.context = context;
        this.files = files;
    }

    /** What a task needs of the settings. */
    private record Settings(String pattern, List<String> specialTokens) implements Serializable {
        Tokenizers.ByteLevelBpe builder() {
            // The sizes matter only to the merges.
            return Tokenizers.byteLevelBpe()
                    .vocabularySize(Integer.MAX_VALUE)
                    .specialTokens(specialTokens.toArray(new String[0]))
                    .pattern(new SplitPattern(pattern))
                    .threads(Cluster.taskCpus());
        }
    }

    /** Sets the maximum number of ids, the 256 bytes and the special tokens included; 10,000 by default. */
    public SparkTokenizerTraining vocabularySize(int value) {
        return config(new ByteLevelBpeConfig(
                value, config.specialTokens(), config.pattern(), config.ties(), config.minimumFrequency()));
    }

    /** Sets the special tokens, which are split off first and never merged; none by default. */
    public SparkTokenizerTraining specialTokens(String... tokens) {
        return config(new ByteLevelBpeConfig(
                config.vocabularySize(), List.of(tokens), config.pattern(), config.ties(), config.minimumFrequency()));
    }

    /** Sets the pattern of pre-tokens; {@link SplitPattern#GPT2} by default. */
    public SparkTokenizerTraining pattern(SplitPattern value) {
        return config(new ByteLevelBpeConfig(
                config.vocabularySize(), config.specialTokens(), value, config.ties(), config.minimumFrequency()));
    }

    /** Sets the order of equally frequent pairs; {@link TieRule#CS336} by default. */
    public SparkTokenizerTraining ties(TieRule value) {
        return config(new ByteLevelBpeConfig(
                config.vocabularySize(), config.specialTokens(), config.pattern(), value, config.minimumFrequency()));
    }

    /** Sets the minimum number of occurrences of a pair to be merged; 1 by default. */
    public SparkTokenizerTraining minimumFrequency(int value) {
        return config(new ByteLevelBpeConfig(
                config.vocabularySize(), config.specialTokens(), config.pattern(), config.ties(), value));
    }

    private SparkTokenizerTraining config(ByteLevelBpeConfig value) {
        config = value;
        return this;
    }

    /**
     * Trains the tokenizer on UTF-8 files.
     *
     * @param uris absolute, with wildcards or without
     * @throws io.nanogpt.NanogptException if there is no such file
     */
    public Tokenizer trainFiles(String... uris) {
        return trainer().train(countFiles(uris));
    }

    /**
     * Counts the pre-tokens of UTF-8 files, to train on later with {@link Tokenizers.ByteLevelBpe#train(WordCounts)}.
     *
     * @param uris absolute, with wildcards or without
     * @throws io.nanogpt.NanogptException if there is no such file
     */
    public WordCounts countFiles(String... uris) {
        List<String> names = SparkTokenization.inputs(files, uris);
        Settings settings = new Settings(config.pattern().regex(), List.copyOf(config.specialTokens()));
        RemoteFiles remote = files;
        byte[] counts = context.parallelize(names, names.size())
                .map(name -> count(remote, settings, name))
                .treeReduce(SparkTokenizerTraining::merge, depth(names.size()));
        return read(counts);
    }

    private static int depth(int files) {
        int depth = 2;
        for (int left = files; left > MERGED * MERGED; left /= MERGED) {
            depth++;
        }
        return depth;
    }

    private Tokenizers.ByteLevelBpe trainer() {
        return Tokenizers.byteLevelBpe()
                .vocabularySize(config.vocabularySize())
                .specialTokens(config.specialTokens().toArray(new String[0]))
                .pattern(config.pattern())
                .ties(config.ties())
                .minimumFrequency(config.minimumFrequency());
    }

    private static byte[] count(RemoteFiles files, Settings settings, String name) {
        try (InputStream in = files.open(name)) {
            return write(settings.builder().count(in));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + name + ": " + e.getMessage(), e);
        }
    }

    private static byte[] merge(byte[] one, byte[] other) {
        WordCounts sum = read(one);
        sum.merge(read(other));
        return write(sum);
    }

    private static byte[] write(WordCounts counts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            counts.write(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // There is none in memory.
        }
        return out.toByteArray();
    }

    private static WordCounts read(byte[] counts) {
        try {
            return WordCounts.read(new ByteArrayInputStream(counts));
        } catch (IOException e) {
            throw new UncheckedIOException(e); // There is none in memory.
        }
    }
}
