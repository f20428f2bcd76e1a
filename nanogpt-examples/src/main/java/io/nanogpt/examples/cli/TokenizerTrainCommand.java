package io.nanogpt.examples.cli;

import io.nanogpt.data.Corpus;
import io.nanogpt.examples.cli.console.JsonLine;
import io.nanogpt.examples.cli.console.ProcessMemory;
import io.nanogpt.examples.cli.options.DataOptions;
import io.nanogpt.examples.cli.options.Destinations;
import io.nanogpt.tokenizer.ByteLevelBpeConfig.TieRule;
import io.nanogpt.tokenizer.SplitPattern;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizer.Format;
import io.nanogpt.tokenizer.Tokenizers;
import io.nanogpt.tokenizer.Tokenizers.ByteLevelBpe;
import io.nanogpt.tokenizer.Tokenizers.UnknownCharacters;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The {@code tokenizer train} verb. */
@Command(
        name = "train",
        description = "Train a tokenizer on text, and save it.",
        footer = {
            "  nanogpt tokenizer train --type byte-bpe --vocab 10000 --data text.txt --out tokenizer.json",
            "  nanogpt tokenizer train --type char --unknown replace --sample --out tokenizer.json"
        })
final class TokenizerTrainCommand extends Verb {
    enum Type {
        BYTE_BPE,
        CHAR_BPE,
        CHAR,
        WORDS,
        INTEGERS
    }

    @Option(names = "--type", required = true, paramLabel = "TYPE", description = "${COMPLETION-CANDIDATES}")
    @SuppressWarnings("NullAway.Init") // required
    private Type type;

    @Option(
            names = "--vocab",
            paramLabel = "N",
            description = "most token ids, of byte-bpe (default: 10,000), char-bpe (500) and words (no limit)")
    private @Nullable Integer vocabulary;

    @Option(
            names = "--special",
            paramLabel = "TOKEN",
            description = "special token of byte-bpe, such as <|endoftext|>; repeatable")
    private List<String> special = new ArrayList<>();

    @Option(
            names = "--pattern",
            paramLabel = "PATTERN",
            description = "how byte-bpe splits text: gpt2, cl100k, o200k or a regular expression (default: gpt2)")
    private @Nullable String pattern;

    @Option(
            names = "--ties",
            paramLabel = "RULE",
            description = "order of equally frequent pairs of byte-bpe: cs336 or huggingface (default: cs336)")
    private @Nullable String ties;

    @Option(
            names = "--min-frequency",
            paramLabel = "N",
            description = "least occurrences of a word, or of a pair of byte-bpe (default: 1)")
    private @Nullable Integer minimumFrequency;

    @Option(
            names = "--unknown",
            paramLabel = "POLICY",
            description =
                    "what char does with characters that the text lacks: ${COMPLETION-CANDIDATES} (default: error)")
    private @Nullable UnknownCharacters unknown;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description =
                    "file format; gpt2 and tiktoken for byte-bpe: ${COMPLETION-CANDIDATES} (default: hugging-face)")
    private Format format = Format.HUGGING_FACE;

    @Mixin
    private DataOptions data = new DataOptions();

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "file to save the tokenizer in")
    @SuppressWarnings("NullAway.Init") // required
    private Path out;

    @Override
    public Integer call() {
        requireEffect();
        data.paths().forEach(path -> Destinations.refuseSame(out, "--data", path));
        long begin = System.nanoTime();
        Tokenizer tokenizer = train();
        tokenizer.save(out, format);
        if (vocabulary != null && tokenizer.vocabularySize() < vocabulary) {
            err().printf(
                            Locale.ROOT,
                            "the vocabulary has %,d ids, not the %,d of --vocab: the text has no more to learn%n",
                            tokenizer.vocabularySize(),
                            vocabulary);
            err().flush();
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        ProcessMemory memory = ProcessMemory.peak();
        if (json()) {
            out().println(new JsonLine()
                    .put("vocabulary", tokenizer.vocabularySize())
                    .put("seconds", seconds)
                    .put("peakBytes", memory.bytes())
                    .put("peakMeasure", memory.measure()));
        } else {
            out().printf(
                            Locale.ROOT,
                            "%,d ids in %.2f s, with at most %,d MB of memory (%s)%nsaved in %s%n",
                            tokenizer.vocabularySize(),
                            seconds,
                            memory.bytes() / 1_000_000,
                            memory.measure(),
                            out);
        }
        out().flush();
        return 0;
    }

    /** Refuses options that would change nothing for the type. */
    private void requireEffect() {
        require(
                type == Type.BYTE_BPE || (special.isEmpty() && pattern == null && ties == null),
                "--special, --pattern and --ties are for --type byte-bpe");
        require(
                vocabulary == null || (type != Type.CHAR && type != Type.INTEGERS),
                "--vocab is for --type byte-bpe, char-bpe and words; the others have an id for all there is");
        require(
                minimumFrequency == null || type == Type.BYTE_BPE || type == Type.WORDS,
                "--min-frequency is for --type byte-bpe and words");
        require(unknown == null || type == Type.CHAR, "--unknown is for --type char");
    }

    private Tokenizer train() {
        return switch (type) {
            case BYTE_BPE -> byteBpe();
            case CHAR_BPE ->
                Tokenizers.characterBpe().vocabularySize(or(vocabulary, 500)).train(data.read());
            case CHAR ->
                Tokenizers.characters()
                        .unknown(unknown == null ? UnknownCharacters.ERROR : unknown)
                        .train(data.read());
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
