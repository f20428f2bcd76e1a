package io.nanogpt.examples.cli.options;

import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.chat.ChatTemplate;
import io.nanogpt.data.Chats;
import io.nanogpt.data.Corpus;
import io.nanogpt.data.Examples;
import io.nanogpt.data.Examples.Order;
import io.nanogpt.data.Mixture;
import io.nanogpt.data.Records;
import io.nanogpt.data.SplitOptions;
import io.nanogpt.data.TokenSource;
import io.nanogpt.data.Windows;
import io.nanogpt.examples.cli.console.Heading;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizers;
import io.nanogpt.tokenizer.Tokenizers.UnknownCharacters;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that turn text into tokens, and tokens into the sequences of a run. */
@Heading("Tokens and sequences")
public final class SequenceOptions {
    /** The options of the tokenizer, which a model that is trained further has itself. */
    public static final Set<String> OF_TOKENIZER = Set.of("--tokenizer", "--unknown");

    private static final String CHARACTERS = "char";

    @Option(
            names = "--tokenizer",
            paramLabel = "FILE|char",
            description = "saved tokenizer, or char for one id per character (default: char)")
    private String tokenizer = CHARACTERS;

    @Option(
            names = "--unknown",
            paramLabel = "POLICY",
            description = "what char does with characters that the training text lacks: ${COMPLETION-CANDIDATES}; saved"
                    + " with the model (default: error)")
    private @Nullable UnknownCharacters unknown;

    @Option(
            names = "--validation-data",
            paramLabel = "PATH",
            description = "text to validate on, in place of a part of --data")
    private @Nullable Path validationData;

    @Option(
            names = "--order",
            paramLabel = "ORDER",
            description = "order of the sequences: ${COMPLETION-CANDIDATES} (default: random)")
    private @Nullable Order order;

    @Option(
            names = "--stride",
            paramLabel = "N",
            description = "tokens between the starts of two sequences (default: 1)")
    private @Nullable Integer stride;

    @Option(names = "--records", description = "one padded sequence per record, not windows of the joined text")
    private boolean records;

    @Option(
            names = "--weights",
            split = ",",
            paramLabel = "WEIGHT",
            description = "mix the paths of --data by these shares, for example 0.7,0.3")
    private List<Double> weights = new ArrayList<>();

    /** Reads text and tokenizer; the result trains on them what a builder describes. */
    public Function<GPT.Builder, LanguageModel> training(DataOptions data, SplitFractionOptions fractions) {
        requireEffect(data, fractions);
        Choice choice =
                new Choice(unknown == null ? saved() : Optional.empty(), this::tokenizer, GPT.Builder::tokenizer);
        return training(data, fractions, choice);
    }

    /** Reads text; the result trains on it what a builder describes that has a tokenizer already. */
    public Function<GPT.Builder, LanguageModel> training(
            DataOptions data, SplitFractionOptions fractions, Tokenizer own) {
        requireEffect(data, fractions);
        return training(data, fractions, new Choice(Optional.of(own), corpus -> own, (builder, text) -> {}));
    }

    /**
     * The choice of a tokenizer.
     *
     * @param saved the one that does not depend on the text, if any
     * @param of the one for a text
     * @param setter sets it on a builder
     */
    private record Choice(
            Optional<Tokenizer> saved, Function<Corpus, Tokenizer> of, BiConsumer<GPT.Builder, Tokenizer> setter) {}

    private Function<GPT.Builder, LanguageModel> training(
            DataOptions data, SplitFractionOptions fractions, Choice choice) {
        SplitOptions split = fractions.split();
        boolean byPath = !weights.isEmpty() || data.paths().stream().anyMatch(SequenceOptions::isTokenFile);
        Corpus corpus = byPath ? Corpus.ofStrings(List.of()) : data.read();
        if (!byPath && order == null && stride == null && !records && validationData == null) {
            Optional<Tokenizer> given =
                    unknown == null ? choice.saved() : Optional.of(choice.of().apply(corpus));
            return builder -> {
                given.ifPresent(text -> choice.setter().accept(builder, text));
                return builder.split(split).train(corpus);
            };
        }
        Tokenizer text = byPath
                ? choice.saved().orElseThrow(SequenceOptions::noTokenizer)
                : choice.of().apply(corpus);
        Examples all = byPath ? byPath(data, text) : examples(corpus, text);
        Path validation = validationData;
        double trainEnd = 1 - split.testFraction() - (validation == null ? split.validationFraction() : 0);
        Examples train = all.slice(0, trainEnd);
        Examples held =
                validation == null ? all.slice(trainEnd, 1 - split.testFraction()) : examples(data, validation, text);
        return builder -> {
            choice.setter().accept(builder, text);
            return builder.train(train, held);
        };
    }

    /** Reads conversations and tokenizer; the result trains on them what a builder describes. */
    public Function<GPT.Builder, LanguageModel> training(
            ChatOptions chats, DataOptions data, SplitFractionOptions fractions) {
        if (data.isGiven() || data.changesText()) {
            throw new IllegalArgumentException(
                    "--chats takes the place of --data and --sample, and the options that change their text have no effect"
                            + " on it; leave one out");
        }
        if (unknown != null
                || order != null
                || stride != null
                || records
                || validationData != null
                || !weights.isEmpty()) {
            throw new IllegalArgumentException(
                    "--unknown, --validation-data, --order, --stride, --records and --weights"
                            + " have no effect with --chats; leave them out");
        }
        SplitOptions split = fractions.split();
        Optional<Tokenizer> given = saved();
        Chats read = chats.read();
        ChatTemplate template = chats.template();
        return builder -> {
            given.ifPresent(builder::tokenizer);
            return builder.split(split).train(read, template);
        };
    }

    /** Refuses options that would change nothing beside the others. */
    private void requireEffect(DataOptions data, SplitFractionOptions fractions) {
        if (unknown != null && !tokenizer.equals(CHARACTERS)) {
            throw new IllegalArgumentException(
                    "--unknown is for --tokenizer char; a saved tokenizer has its own policy");
        }
        if (records && stride != null) {
            throw new IllegalArgumentException("--stride has no effect with --records; leave one out");
        }
        if (validationData != null && fractions.hasValidationFraction()) {
            throw new IllegalArgumentException("give --validation-data or --validation-fraction, not both");
        }
        boolean onlyTokens = !data.paths().isEmpty()
                && data.paths().stream().allMatch(SequenceOptions::isTokenFile)
                && (validationData == null || isTokenFile(validationData));
        if (onlyTokens && (records || data.changesText())) {
            throw new IllegalArgumentException("--records and the options that change the text, such as --case, have no"
                    + " effect on token files; leave them out");
        }
    }

    private Optional<Tokenizer> saved() {
        return tokenizer.equals(CHARACTERS) ? Optional.empty() : Optional.of(Tokenizers.load(Path.of(tokenizer)));
    }

    private Tokenizer tokenizer(Corpus corpus) {
        return saved().orElseGet(() -> Tokenizers.characters()
                .unknown(unknown == null ? UnknownCharacters.ERROR : unknown)
                .train(corpus));
    }

    private static IllegalArgumentException noTokenizer() {
        return new IllegalArgumentException("token files and --weights need the tokenizer that made their tokens; give"
                + " it with --tokenizer FILE");
    }

    private Examples byPath(DataOptions data, Tokenizer text) {
        if (!weights.isEmpty()) {
            return mixture(data, text);
        }
        if (data.paths().size() > 1) {
            throw new IllegalArgumentException(
                    "several paths with a token file among them are mixed; give a weight for each with --weights");
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
        Windows windows = Windows.of(source).withStride(stride == null ? 1 : stride);
        return order == null ? windows : windows.withOrder(order);
    }

    private static boolean isTokenFile(Path path) {
        String name = path.toString().toLowerCase(Locale.ROOT);
        return name.endsWith(".bin") || name.endsWith(".npy");
    }
}
