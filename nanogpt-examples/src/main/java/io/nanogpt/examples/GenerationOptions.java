package io.nanogpt.examples;

import io.nanogpt.generate.Generation;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say how text is drawn. */
final class GenerationOptions {
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

    Generation options() {
        if (greedy && temperature != null) {
            throw new IllegalArgumentException("give --greedy or --temperature, not both");
        }
        Generation options = constrained(penalized(sampled(greedy ? Generation.greedy() : Generation.defaults())));
        if (maxTokens != null) {
            options = options.maxTokens(maxTokens);
        }
        if (seed != null) {
            options = options.seed(seed);
        }
        for (String stop : stops) {
            options = options.stop(Escapes.resolve(stop));
        }
        return options;
    }

    private Generation sampled(Generation given) {
        Generation options = given;
        if (temperature != null) {
            options = options.withTemperature(temperature);
        }
        if (topK != null) {
            options = options.topK(topK);
        }
        if (topP != null) {
            options = options.topP(topP);
        }
        if (minP != null) {
            options = options.minP(minP);
        }
        if (typical != null) {
            options = options.typical(typical);
        }
        return options;
    }

    private Generation penalized(Generation given) {
        Generation options = given;
        if (repetitionPenalty != null) {
            options = options.repetitionPenalty(repetitionPenalty);
        }
        if (frequencyPenalty != null) {
            options = options.frequencyPenalty(frequencyPenalty);
        }
        if (presencePenalty != null) {
            options = options.presencePenalty(presencePenalty);
        }
        if (noRepeatNgram != null) {
            options = options.noRepeatNgram(noRepeatNgram);
        }
        return options;
    }

    private Generation constrained(Generation given) {
        Generation options = given;
        for (String text : forbidden) {
            options = options.forbid(Escapes.resolve(text));
        }
        if (regex == null) {
            return options;
        }
        try {
            return options.matching(Pattern.compile(regex));
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("--regex is no regular expression: " + e.getMessage(), e);
        }
    }
}
