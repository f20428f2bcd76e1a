package io.nanogpt.generate;

import java.util.ArrayList;
import java.util.List;

/**
 * Options of generation. Immutable: each method returns a new one.
 *
 * @param temperature divides the logits; 0 is greedy; 1 by default
 * @param topK only the {@code min(topK, vocabulary)} most likely ids are drawn; no limit by default
 * @param maxTokens the most tokens to generate; 200 by default
 * @param seed of the draws; 1337 by default
 * @param stops generation ends before the first of these texts; none by default
 */
public record Generation(double temperature, int topK, int maxTokens, long seed, List<String> stops) {
    private static final Generation DEFAULTS = new Generation(1, Integer.MAX_VALUE, 200, 1337, List.of());

    public Generation {
        stops = List.copyOf(stops);
        if (!(temperature >= 0) || Double.isInfinite(temperature)) {
            throw new IllegalArgumentException("temperature must be at least 0, but is " + temperature);
        }
        if (topK < 1) {
            throw new IllegalArgumentException("topK must be at least 1, but is " + topK);
        }
        if (maxTokens < 1) {
            throw new IllegalArgumentException("maxTokens must be at least 1, but is " + maxTokens);
        }
        if (stops.contains("")) {
            throw new IllegalArgumentException("a stop text must not be empty");
        }
    }

    /** Temperature 1, no top-k, 200 tokens. */
    public static Generation defaults() {
        return DEFAULTS;
    }

    /** Always the most likely token. */
    public static Generation greedy() {
        return temperature(0);
    }

    /** Draws at a temperature; 0 is greedy. */
    public static Generation temperature(double value) {
        return new Generation(value, DEFAULTS.topK, DEFAULTS.maxTokens, DEFAULTS.seed, DEFAULTS.stops);
    }

    /** The same options at another temperature. */
    public Generation withTemperature(double value) {
        return new Generation(value, topK, maxTokens, seed, stops);
    }

    /** Draws among the {@code value} most likely ids. */
    public Generation topK(int value) {
        return new Generation(temperature, value, maxTokens, seed, stops);
    }

    /** Generates at most {@code value} tokens. */
    public Generation maxTokens(int value) {
        return new Generation(temperature, topK, value, seed, stops);
    }

    /** Another seed. */
    public Generation seed(long value) {
        return new Generation(temperature, topK, maxTokens, value, stops);
    }

    /** Ends before {@code text}, which is left out of the output. */
    public Generation stop(String text) {
        List<String> more = new ArrayList<>(stops);
        more.add(text);
        return new Generation(temperature, topK, maxTokens, seed, more);
    }
}
