package io.nanogpt.spi;

import io.nanogpt.generate.Token;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How long a continuation is and what is told of it.
 *
 * @param maxTokens the most tokens to generate; 200 by default
 * @param stops generation ends before the first of these texts; none by default
 * @param recordEnd whether generation ends at the end of a record, for a model that was trained on records; true by
 *     default
 * @param timeout the longest time to generate; what there is by then is returned; none by default
 * @param logProbabilities each {@link Token} carries its log-probability and those of this many most likely ids; by
 *     default it carries neither
 */
public record OutputOptions(
        int maxTokens,
        List<String> stops,
        boolean recordEnd,
        Optional<Duration> timeout,
        OptionalInt logProbabilities) {
    private static final OutputOptions DEFAULTS =
            new OutputOptions(200, List.of(), true, Optional.empty(), OptionalInt.empty());

    public OutputOptions {
        stops = List.copyOf(Objects.requireNonNull(stops, "stops"));
        Objects.requireNonNull(timeout, "timeout");
        Objects.requireNonNull(logProbabilities, "logProbabilities");
        if (maxTokens < 1) {
            throw new IllegalArgumentException("maxTokens must be at least 1, but is " + maxTokens);
        }
        if (stops.contains("")) {
            throw new IllegalArgumentException("a stop text must not be empty");
        }
        if (timeout.isPresent() && (timeout.get().isNegative() || timeout.get().isZero())) {
            throw new IllegalArgumentException("timeout must be above 0, but is " + timeout.get());
        }
        if (logProbabilities.isPresent() && logProbabilities.getAsInt() < 0) {
            throw new IllegalArgumentException(
                    "logProbabilities must be at least 0, but is " + logProbabilities.getAsInt());
        }
    }

    /** 200 tokens, no stops but the end of a record. */
    public static OutputOptions defaults() {
        return DEFAULTS;
    }

    /** Another number of tokens. */
    public OutputOptions withMaxTokens(int value) {
        return new OutputOptions(value, stops, recordEnd, timeout, logProbabilities);
    }

    /** One more stop. */
    public OutputOptions withStop(String text) {
        List<String> more = new ArrayList<>(stops);
        more.add(Objects.requireNonNull(text, "text"));
        return new OutputOptions(maxTokens, more, recordEnd, timeout, logProbabilities);
    }

    /** Whether to end at the end of a record. */
    public OutputOptions withRecordEnd(boolean value) {
        return new OutputOptions(maxTokens, stops, value, timeout, logProbabilities);
    }

    /** Another time limit. */
    public OutputOptions withTimeout(Duration value) {
        return new OutputOptions(
                maxTokens, stops, recordEnd, Optional.of(Objects.requireNonNull(value, "timeout")), logProbabilities);
    }

    /** With log-probabilities. */
    public OutputOptions withLogProbabilities(int best) {
        return new OutputOptions(maxTokens, stops, recordEnd, timeout, OptionalInt.of(best));
    }
}
