package io.nanogpt.examples.cli.options;

import io.nanogpt.examples.cli.console.Heading;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.generate.JsonSchema;
import io.nanogpt.generate.Window;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of generating text. */
@Heading("Sampling")
public final class GenerateOptions {
    /** The options that have no effect on a search for the most likely text. */
    public static final Set<String> ONLY_SAMPLING =
            Set.of("temperature", "greedy", "top-k", "top-p", "min-p", "typical", "seed");

    enum BeyondContext {
        SLIDING,
        DROP_HALF,
        ROLLING
    }

    private static final int LONGEST_SECONDS = 1_000_000_000;
    private static final String PENALTIES = "Penalties and constraints";

    @Option(names = "--max-tokens", paramLabel = "N", description = "most tokens to generate (default: 200)")
    private @Nullable Integer maxTokens;

    @Option(names = "--temperature", paramLabel = "X", description = "divisor of the logits; 0 is greedy (default: 1)")
    private @Nullable Double temperature;

    @Option(names = "--greedy", description = "take the most likely token each time")
    private boolean greedy;

    @Option(
            names = "--top-k",
            paramLabel = "K",
            description = "sample from the K most likely tokens (default: from all)")
    private @Nullable Integer topK;

    @Option(
            names = "--top-p",
            paramLabel = "P",
            description = "sample from the most likely tokens that together have probability P")
    private @Nullable Double topP;

    @Option(
            names = "--min-p",
            paramLabel = "P",
            description = "sample from tokens at least P times as likely as the most likely one")
    private @Nullable Double minP;

    @Option(
            names = "--typical",
            paramLabel = "P",
            description = "locally typical sampling from tokens that together have probability P")
    private @Nullable Double typical;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "seed of the first sample; each next sample adds 1 (default: 1337)")
    private @Nullable Long seed;

    @Option(names = "--stop", paramLabel = "TEXT", description = "end before this text, with \\n and \\t; repeatable")
    private List<String> stops = new ArrayList<>();

    @Option(
            names = "--record-end",
            negatable = true,
            description = "end at the end of a record, for models trained on records (default: --record-end)")
    private @Nullable Boolean recordEnd;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "end after this time, with the text so far (default: no limit)")
    private @Nullable Double timeout;

    @Option(
            names = "--beyond-context",
            paramLabel = "WINDOW",
            description = "what counts once the text is longer than the context: ${COMPLETION-CANDIDATES}; the last two"
                    + " are faster there, with other texts (default: sliding)")
    private @Nullable BeyondContext beyondContext;

    @Heading(PENALTIES)
    @Option(
            names = "--repetition-penalty",
            paramLabel = "X",
            description = "divisor for tokens of prompt and text (default: 1, no penalty)")
    private @Nullable Double repetitionPenalty;

    @Heading(PENALTIES)
    @Option(
            names = "--frequency-penalty",
            paramLabel = "X",
            description = "subtracted from a logit for each time its token was generated")
    private @Nullable Double frequencyPenalty;

    @Heading(PENALTIES)
    @Option(
            names = "--presence-penalty",
            paramLabel = "X",
            description = "subtracted from a logit if its token was generated")
    private @Nullable Double presencePenalty;

    @Heading(PENALTIES)
    @Option(names = "--no-repeat-ngram", paramLabel = "N", description = "never generate N tokens in a row twice")
    private @Nullable Integer noRepeatNgram;

    @Heading(PENALTIES)
    @Option(
            names = "--forbid",
            paramLabel = "TEXT",
            description = "never generate this text, with \\n and \\t; repeatable")
    private List<String> forbidden = new ArrayList<>();

    @Heading(PENALTIES)
    @Option(
            names = "--regex",
            paramLabel = "REGEX",
            description = "generate only text that matches this expression of java.util.regex")
    private @Nullable String regex;

    @Heading(PENALTIES)
    @Option(
            names = "--json-schema",
            paramLabel = "FILE",
            description = "generate one JSON value that fits this schema; excludes --regex and --stop")
    private @Nullable Path jsonSchema;

    /** The settings that were given. */
    public GenerationOptions options() {
        if (greedy && (temperature != null || topK != null || topP != null || minP != null || typical != null)) {
            throw new IllegalArgumentException(
                    "--greedy takes no --temperature, --top-k, --top-p, --min-p or --typical; leave one out");
        }
        GenerationOptions options =
                constrained(penalized(sampled(greedy ? GenerationOptions.greedy() : GenerationOptions.defaults())));
        if (maxTokens != null) {
            options = options.withMaxTokens(maxTokens);
        }
        if (seed != null) {
            options = options.withSeed(seed);
        }
        if (recordEnd != null) {
            options = options.withRecordEnd(recordEnd);
        }
        if (timeout != null) {
            options = options.withTimeout(seconds(timeout));
        }
        if (beyondContext != null) {
            options = options.withWindow(window(beyondContext));
        }
        for (String stop : stops) {
            options = options.withStop(Escapes.resolve(stop));
        }
        return options;
    }

    private static Window window(BeyondContext choice) {
        return switch (choice) {
            case SLIDING -> Window.sliding();
            case DROP_HALF -> Window.dropHalf();
            case ROLLING -> Window.rolling();
        };
    }

    private static Duration seconds(double value) {
        if (!(value > 0 && value <= LONGEST_SECONDS)) {
            throw new IllegalArgumentException(
                    "--timeout must be above 0 and at most " + LONGEST_SECONDS + " seconds, but is " + value);
        }
        return Duration.ofNanos(Math.max(1, Math.round(value * 1e9)));
    }

    private GenerationOptions sampled(GenerationOptions given) {
        GenerationOptions options = given;
        if (temperature != null) {
            options = options.withTemperature(temperature);
        }
        if (topK != null) {
            options = options.withTopK(topK);
        }
        if (topP != null) {
            options = options.withTopP(topP);
        }
        if (minP != null) {
            options = options.withMinP(minP);
        }
        if (typical != null) {
            options = options.withTypical(typical);
        }
        return options;
    }

    private GenerationOptions penalized(GenerationOptions given) {
        GenerationOptions options = given;
        if (repetitionPenalty != null) {
            options = options.withRepetitionPenalty(repetitionPenalty);
        }
        if (frequencyPenalty != null) {
            options = options.withFrequencyPenalty(frequencyPenalty);
        }
        if (presencePenalty != null) {
            options = options.withPresencePenalty(presencePenalty);
        }
        if (noRepeatNgram != null) {
            options = options.withNoRepeatNgram(noRepeatNgram);
        }
        return options;
    }

    private GenerationOptions constrained(GenerationOptions given) {
        GenerationOptions options = given;
        for (String text : forbidden) {
            options = options.withForbidden(Escapes.resolve(text));
        }
        if (jsonSchema != null) {
            if (regex != null || !stops.isEmpty()) {
                throw new IllegalArgumentException("--json-schema takes no --regex and no --stop; leave one out");
            }
            options = options.withJsonSchema(JsonSchema.read(jsonSchema));
        }
        if (regex == null) {
            return options;
        }
        try {
            return options.withPattern(Pattern.compile(regex));
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("--regex is not a regular expression: " + e.getMessage(), e);
        }
    }
}
