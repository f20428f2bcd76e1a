package io.nanogpt.examples;

import io.nanogpt.generate.GenerationOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say how text is drawn. */
final class GenerateOptions {
    @Option(names = "--max-tokens", description = "the most tokens to generate; 200 by default")
    private @Nullable Integer maxTokens;

    @Option(names = "--temperature", description = "divides the logits; 1 by default, 0 is greedy")
    private @Nullable Double temperature;

    @Option(names = "--greedy", description = "always the most likely token")
    private boolean greedy;

    @Option(names = "--top-k", description = "draw among this many ids; no limit by default")
    private @Nullable Integer topK;

    @Option(names = "--top-p", description = "draw among the most likely ids with this share of the probability")
    private @Nullable Double topP;

    @Option(names = "--min-p", description = "draw among ids at least this share as likely as the most likely one")
    private @Nullable Double minP;

    @Option(names = "--typical", description = "draw among the ids of typical surprise with this share")
    private @Nullable Double typical;

    @Option(names = "--repetition-penalty", description = "makes ids of prompt and text less likely; 1 changes nothing")
    private @Nullable Double repetitionPenalty;

    @Option(names = "--frequency-penalty", description = "subtracted from a logit for each time its id was generated")
    private @Nullable Double frequencyPenalty;

    @Option(names = "--presence-penalty", description = "subtracted from a logit if its id was generated")
    private @Nullable Double presencePenalty;

    @Option(names = "--no-repeat-ngram", description = "no sequence of this many ids occurs twice")
    private @Nullable Integer noRepeatNgram;

    @Option(names = "--forbid", description = "never generate this text, with \\n and \\t; may be given several times")
    private List<String> forbidden = new ArrayList<>();

    @Option(names = "--regex", description = "generate only what matches this expression of java.util.regex")
    private @Nullable String regex;

    @Option(names = "--seed", description = "of the first sample, one more for each next one; 1337 by default")
    private @Nullable Long seed;

    @Option(names = "--stop", description = "end before this text, with \\n and \\t; may be given several times")
    private List<String> stops = new ArrayList<>();

    GenerationOptions options() {
        if (greedy && temperature != null) {
            throw new IllegalArgumentException("give --greedy or --temperature, not both");
        }
        GenerationOptions options =
                constrained(penalized(sampled(greedy ? GenerationOptions.greedy() : GenerationOptions.defaults())));
        if (maxTokens != null) {
            options = options.withMaxTokens(maxTokens);
        }
        if (seed != null) {
            options = options.withSeed(seed);
        }
        for (String stop : stops) {
            options = options.withStop(Escapes.resolve(stop));
        }
        return options;
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
        if (regex == null) {
            return options;
        }
        try {
            return options.withPattern(Pattern.compile(regex));
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("--regex is no regular expression: " + e.getMessage(), e);
        }
    }
}
