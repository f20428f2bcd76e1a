package io.nanogpt.spi;

import io.nanogpt.generate.Token;
import io.nanogpt.generate.Window;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Length and contents of the output of generation. Immutable.
 *
 * @param maxTokens the most tokens to generate; 200 by default
 * @param stops generation ends before the first of these texts; none by default
 * @param recordEnd whether generation ends at the end of a record, for a model that was trained on records, and at the
 *     end tokens of the model; true by default
 * @param timeout the time after which generation ends and returns the text so far; none by default
 * @param logProbabilities if present, each {@link Token} has its log-probability and those of this many most likely
 *     ids; empty by default
 * @param window what the model is conditioned on beyond its context; {@link Window#sliding} by default
 */
public record OutputOptions(
        int maxTokens,
        List<String> stops,
        boolean recordEnd,
        Optional<Duration> timeout,
        OptionalInt logProbabilities,
        Window window) {
    private static final OutputOptions DEFAULTS =
            new OutputOptions(200, List.of(), true, Optional.empty(), OptionalInt.empty(), Window.sliding());

    public OutputOptions {
        stops = List.copyOf(Objects.requireNonNull(stops, "stops"));
        Objects.requireNonNull(timeout, "timeout");
        Objects.requireNonNull(logProbabilities, "logProbabilities");
        Objects.requireNonNull(window, "window");
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

    /** Returns the defaults: 200 tokens, no stop texts, ends at the end of a record. */
    public static OutputOptions defaults() {
        return DEFAULTS;
    }

    /** Returns a copy with this maximum number of tokens. */
    public OutputOptions withMaxTokens(int value) {
        return new OutputOptions(value, stops, recordEnd, timeout, logProbabilities, window);
    }

    /** Returns a copy with one more stop text. */
    public OutputOptions withStop(String text) {
        List<String> more = new ArrayList<>(stops);
        more.add(Objects.requireNonNull(text, "text"));
        return new OutputOptions(maxTokens, more, recordEnd, timeout, logProbabilities, window);
    }

    /** Returns a copy that ends at the end of a record or not. */
    public OutputOptions withRecordEnd(boolean value) {
        return new OutputOptions(maxTokens, stops, value, timeout, logProbabilities, window);
    }

    /** Returns a copy with this timeout. */
    public OutputOptions withTimeout(Duration value) {
        return new OutputOptions(
                maxTokens,
                stops,
                recordEnd,
                Optional.of(Objects.requireNonNull(value, "timeout")),
                logProbabilities,
                window);
    }

    /** Returns a copy with log-probabilities, of the token and of the {@code best} most likely ids. */
    public OutputOptions withLogProbabilities(int best) {
        return new OutputOptions(maxTokens, stops, recordEnd, timeout, OptionalInt.of(best), window);
    }

    /** Returns a copy with this window. */
    public OutputOptions withWindow(Window value) {
        return new OutputOptions(maxTokens, stops, recordEnd, timeout, logProbabilities, value);
    }
}
