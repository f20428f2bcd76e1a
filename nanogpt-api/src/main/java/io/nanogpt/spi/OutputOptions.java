package io.nanogpt.spi;

import io.nanogpt.generate.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;

/**
 * How long a continuation is and what is told of it.
 *
 * @param maxTokens the most tokens to generate; 200 by default
 * @param stops generation ends before the first of these texts; none by default
 * @param logProbabilities each {@link Token} carries its log-probability and those of this many most likely ids; by
 *     default it carries neither
 */
public record OutputOptions(int maxTokens, List<String> stops, OptionalInt logProbabilities) {
    private static final OutputOptions DEFAULTS = new OutputOptions(200, List.of(), OptionalInt.empty());

    public OutputOptions {
        stops = List.copyOf(stops);
        Objects.requireNonNull(logProbabilities, "logProbabilities");
        if (maxTokens < 1) {
            throw new IllegalArgumentException("maxTokens must be at least 1, but is " + maxTokens);
        }
        if (stops.contains("")) {
            throw new IllegalArgumentException("a stop text must not be empty");
        }
        if (logProbabilities.isPresent() && logProbabilities.getAsInt() < 0) {
            throw new IllegalArgumentException(
                    "logProbabilities must be at least 0, but is " + logProbabilities.getAsInt());
        }
    }

    /** 200 tokens, no stops. */
    public static OutputOptions defaults() {
        return DEFAULTS;
    }

    /** Another number of tokens. */
    public OutputOptions withMaxTokens(int value) {
        return new OutputOptions(value, stops, logProbabilities);
    }

    /** One more stop. */
    public OutputOptions withStop(String text) {
        List<String> more = new ArrayList<>(stops);
        more.add(text);
        return new OutputOptions(maxTokens, more, logProbabilities);
    }

    /** With log-probabilities. */
    public OutputOptions withLogProbabilities(int best) {
        return new OutputOptions(maxTokens, stops, OptionalInt.of(best));
    }
}
