package io.nanogpt.examples;

import io.nanogpt.data.Corpus;
import io.nanogpt.tokenizer.ByteLevelBpeConfig.TieRule;
import io.nanogpt.tokenizer.SplitPattern;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizer.Format;
import io.nanogpt.tokenizer.Tokenizers;
import io.nanogpt.tokenizer.Tokenizers.ByteLevelBpe;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Learns a tokenizer from text. */
@Command(name = "train", description = "Learns a tokenizer from text and saves it.")
final class TokenizerTrainCommand extends Verb {
    enum Type {
        BYTE_BPE,
        CHAR_BPE,
        CHAR,
        WORDS,
        INTEGERS;

        /** As the command line writes it. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    @Option(names = "--type", required = true, description = "${COMPLETION-CANDIDATES}")
    @SuppressWarnings("NullAway.Init") // required
    private Type type;

    @Option(names = "--vocab", description = "the most ids; of char and integers, all there are")
    private @Nullable Integer vocabulary;

    @Option(names = "--special", description = "a special token, such as <|endoftext|>; several times for several")
    private List<String> special = new ArrayList<>();

    @Option(names = "--pattern", description = "gpt2, cl100k, o200k or a regular expression; gpt2 by default")
    private @Nullable String pattern;

    @Option(
            names = "--ties",
            description = "which of equally frequent pairs is first: cs336, the default, or huggingface")
    private @Nullable String ties;

    @Option(names = "--min-frequency", description = "of words or pairs, to be learned; 1 by default")
    private @Nullable Integer minimumFrequency;

    @Option(names = "--format", description = "${COMPLETION-CANDIDATES}; HUGGING_FACE by default")
    private Format format = Format.HUGGING_FACE;

    @Mixin
    private DataOptions data = new DataOptions();

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "where to save it")
    @SuppressWarnings("NullAway.Init") // required
    private Path out;

    @Override
    public Integer call() {
        requireByteBpe();
        long begin = System.nanoTime();
        Tokenizer tokenizer = train();
        tokenizer.save(out, format);
        double seconds = (System.nanoTime() - begin) / 1e9;
        if (json()) {
            out().println(new JsonLine()
                    .put("vocabulary", tokenizer.vocabularySize())
                    .put("seconds", seconds));
        } else {
            out().printf(Locale.ROOT, "%,d ids in %.2f s%nsaved in %s%n", tokenizer.vocabularySize(), seconds, out);
        }
        out().flush();
        return 0;
    }

    private void requireByteBpe() {
        if (type != Type.BYTE_BPE && (!special.isEmpty() || pattern != null || ties != null)) {
            throw badOption("--special, --pattern and --ties are of --type byte-bpe, but the type is " + type);
        }
        if (vocabulary != null && (type == Type.CHAR || type == Type.INTEGERS)) {
            throw badOption("--type " + type + " takes all there are; leave --vocab out");
        }
    }

    private Tokenizer train() {
        return switch (type) {
            case BYTE_BPE -> byteBpe();
            case CHAR_BPE ->
                Tokenizers.characterBpe().vocabularySize(or(vocabulary, 500)).train(data.read());
            case CHAR -> Tokenizers.characters().train(data.read());
            case WORDS ->
                Tokenizers.words()
                        .vocabularySize(or(vocabulary, Integer.MAX_VALUE))
                        .minimumFrequency(or(minimumFrequency, 1))
                        .train(data.read());
            case INTEGERS -> Tokenizers.integers().train(data.read());
        };
    }

    private Tokenizer byteBpe() {
        ByteLevelBpe settings = Tokenizers.byteLevelBpe()
                .vocabularySize(or(vocabulary, 10_000))
                .specialTokens(special.toArray(String[]::new))
                .pattern(pattern == null ? SplitPattern.GPT2 : SplitPattern.of(pattern))
                .ties(ties == null ? TieRule.CS336 : tieRule(ties))
                .minimumFrequency(or(minimumFrequency, 1));
        List<Path> files = data.plainFiles();
        if (!files.isEmpty()) {
            return settings.train(files.toArray(Path[]::new));
        }
        Corpus corpus = data.read();
        return settings.train(corpus);
    }

    private TieRule tieRule(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "cs336" -> TieRule.CS336;
            case "huggingface" -> TieRule.HUGGING_FACE;
            default -> throw badOption("--ties must be cs336 or huggingface, but is " + name);
        };
    }

    private static int or(@Nullable Integer value, int other) {
        return value == null ? other : value;
    }
}
