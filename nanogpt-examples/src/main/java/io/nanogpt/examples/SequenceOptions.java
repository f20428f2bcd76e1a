package io.nanogpt.examples;

import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.data.Corpus;
import io.nanogpt.data.Examples;
import io.nanogpt.data.Examples.Order;
import io.nanogpt.data.Mixture;
import io.nanogpt.data.Records;
import io.nanogpt.data.SplitOptions;
import io.nanogpt.data.TokenSource;
import io.nanogpt.data.Windows;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say how text becomes tokens, and tokens the sequences of a run. */
final class SequenceOptions {
    private static final String CHARACTERS = "char";

    @Option(
            names = "--tokenizer",
            paramLabel = "FILE|char",
            description = "a saved tokenizer, or char for one id per character, the default")
    private String tokenizer = CHARACTERS;

    @Option(names = "--validation-data", paramLabel = "PATH", description = "validates instead of a part of --data")
    private @Nullable Path validationData;

    @Option(
            names = "--order",
            description = "in which sequences are taken: ${COMPLETION-CANDIDATES}; RANDOM by default")
    private @Nullable Order order;

    @Option(names = "--stride", description = "tokens between the starts of two sequences; 1 by default")
    private int stride = 1;

    @Option(names = "--records", description = "one sequence a record, padded, instead of windows of the joined text")
    private boolean records;

    @Option(
            names = "--weights",
            split = ",",
            paramLabel = "WEIGHT",
            description = "mix the paths of --data: how often a sequence comes from each, for example 0.7,0.3")
    private List<Double> weights = new ArrayList<>();

    /** Reads what the options say; the run itself is the result. */
    Function<GPT.Builder, LanguageModel> training(DataOptions data) {
        SplitOptions split = data.split();
        boolean byPath = !weights.isEmpty() || data.paths().stream().anyMatch(SequenceOptions::isTokenFile);
        Corpus corpus = byPath ? Corpus.ofStrings(List.of()) : data.read();
        if (!byPath && order == null && stride == 1 && !records && validationData == null) {
            Optional<Tokenizer> saved = saved();
            return builder -> {
                saved.ifPresent(builder::tokenizer);
                return builder.split(split).train(corpus);
            };
        }
        Tokenizer text = byPath ? saved().orElseThrow(SequenceOptions::noTokenizer) : tokenizer(corpus);
        Examples all = byPath ? byPath(data, text) : examples(corpus, text);
        Path validation = validationData;
        double trainEnd = 1 - split.testFraction() - (validation == null ? split.validationFraction() : 0);
        Examples train = all.slice(0, trainEnd);
        Examples held =
                validation == null ? all.slice(trainEnd, 1 - split.testFraction()) : examples(data, validation, text);
        return builder -> builder.tokenizer(text).train(train, held);
    }

    private Optional<Tokenizer> saved() {
        return tokenizer.equals(CHARACTERS) ? Optional.empty() : Optional.of(Tokenizers.load(Path.of(tokenizer)));
    }

    private Tokenizer tokenizer(Corpus corpus) {
        return saved().orElseGet(() -> Tokenizers.characters().train(corpus));
    }

    private static IllegalArgumentException noTokenizer() {
        return new IllegalArgumentException("token files and --weights need the tokenizer that makes their tokens; name"
                + " it with --tokenizer FILE");
    }

    private Examples byPath(DataOptions data, Tokenizer text) {
        if (!weights.isEmpty()) {
            return mixture(data, text);
        }
        if (data.paths().size() > 1) {
            throw new IllegalArgumentException(
                    "several paths with a token file among them are mixed; give a weight for" + " each with --weights");
        }
        return examples(data, data.paths().get(0), text);
    }

    private Examples mixture(DataOptions data, Tokenizer text) {
        if (weights.size() != data.paths().size()) {
            throw new IllegalArgumentException("--weights needs one weight for each path of --data, but there are "
                    + weights.size() + " weights and " + data.paths().size() + " paths");
        }
        List<Mixture.Part> parts = new ArrayList<>();
        for (Path path : data.paths()) {
            parts.add(new Mixture.Part(examples(data, path, text), weights.get(parts.size())));
        }
        return new Mixture(parts);
    }

    private Examples examples(DataOptions data, Path path, Tokenizer text) {
        return isTokenFile(path) ? windows(TokenSource.open(path, text)) : examples(data.part(path), text);
    }

    private Examples examples(Corpus corpus, Tokenizer text) {
        if (!records) {
            return windows(TokenSource.of(text.encode(corpus.text())));
        }
        List<int[]> encoded = corpus.records().stream().map(text::encode).toList();
        return order == null ? Records.of(encoded) : Records.of(encoded).withOrder(order);
    }

    private Windows windows(TokenSource source) {
        Windows windows = Windows.of(source).withStride(stride);
        return order == null ? windows : windows.withOrder(order);
    }

    private static boolean isTokenFile(Path path) {
        String name = path.toString().toLowerCase(Locale.ROOT);
        return name.endsWith(".bin") || name.endsWith(".npy");
    }
}
