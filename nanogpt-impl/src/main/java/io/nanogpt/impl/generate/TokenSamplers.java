package io.nanogpt.impl.generate;

import io.nanogpt.NanogptException;
import io.nanogpt.generate.Generation;
import io.nanogpt.generate.Sampler;

/**
 * The ways to choose a token. All are functions of the logits and one random number, in double precision, and prefer
 * the lower id among equals.
 */
public final class TokenSamplers {
    private TokenSamplers() {}

    /** The sampler that some options ask for. */
    public static Sampler of(Generation options) {
        if (options.temperature() == 0 || options.topK() == 1) {
            return greedy();
        }
        Sampler sampler = temperature(options.temperature());
        return options.topK() == Integer.MAX_VALUE ? sampler : topK(options.topK(), sampler);
    }

    /** The most likely id. */
    public static Sampler greedy() {
        return (logits, uniform) -> mostLikely(logits);
    }

    /** Draws from {@code softmax(logits / temperature)}. */
    public static Sampler temperature(double temperature) {
        if (!(temperature > 0) || Double.isInfinite(temperature)) {
            throw new IllegalArgumentException("temperature must be above 0, but is " + temperature
                    + "; to take the most likely token, use greedy");
        }
        return (logits, uniform) -> draw(logits, temperature, uniform);
    }

    /** Leaves the {@code min(k, vocabulary)} most likely ids to another sampler. */
    public static Sampler topK(int k, Sampler next) {
        if (k < 1) {
            throw new IllegalArgumentException("topK must be at least 1, but is " + k);
        }
        return (logits, uniform) -> {
            if (k < logits.length) {
                keepTop(logits, k);
            }
            return next.sample(logits, uniform);
        };
    }

    private static int mostLikely(float[] logits) {
        int best = 0;
        for (int id = 0; id < logits.length; id++) {
            if (Float.isNaN(logits[id])) {
                throw new NanogptException("the logit of token " + id
                        + " is not a number; the weights of the model are damaged, train it again or load another");
            }
            if (logits[id] > logits[best]) {
                best = id;
            }
        }
        return best;
    }

    private static int draw(float[] logits, double temperature, double uniform) {
        double largest = logits[mostLikely(logits)];
        if (Double.isInfinite(largest)) {
            throw new NanogptException("the largest logit is " + largest
                    + "; the weights of the model are damaged, train it again or load another");
        }
        double[] weights = new double[logits.length];
        double sum = 0;
        for (int id = 0; id < logits.length; id++) {
            // At most exp(0): nothing overflows, however small the temperature.
            weights[id] = logits[id] == Float.NEGATIVE_INFINITY ? 0 : Math.exp((logits[id] - largest) / temperature);
            sum += weights[id];
        }
        double rest = uniform * sum;
        int last = 0;
        for (int id = 0; id < weights.length; id++) {
            if (weights[id] > 0) {
                last = id;
                rest -= weights[id];
                if (rest < 0) {
                    return id;
                }
            }
        }
        // Rounding may leave a rest above the last id that can be drawn.
        return last;
    }

    /** Sets every logit but the k largest to minus infinity, without sorting them all. */
    private static void keepTop(float[] logits, int k) {
        // A binary heap of the best ids so far, the worst of them on top.
        int[] heap = new int[k];
        for (int id = 0; id < k; id++) {
            heap[id] = id;
        }
        for (int parent = k / 2 - 1; parent >= 0; parent--) {
            siftDown(logits, heap, parent);
        }
        for (int id = k; id < logits.length; id++) {
            if (isWorse(logits, heap[0], id)) {
                heap[0] = id;
                siftDown(logits, heap, 0);
            }
        }
        int worstKept = heap[0];
        float threshold = logits[worstKept];
        for (int id = 0; id < logits.length; id++) {
            if (logits[id] < threshold || (logits[id] == threshold && id > worstKept)) {
                logits[id] = Float.NEGATIVE_INFINITY;
            }
        }
    }

    private static void siftDown(float[] logits, int[] heap, int start) {
        int parent = start;
        int id = heap[parent];
        while (2 * parent + 1 < heap.length) {
            int child = 2 * parent + 1;
            if (child + 1 < heap.length && isWorse(logits, heap[child + 1], heap[child])) {
                child++;
            }
            if (!isWorse(logits, heap[child], id)) {
                break;
            }
            heap[parent] = heap[child];
            parent = child;
        }
        heap[parent] = id;
    }

    private static boolean isWorse(float[] logits, int id, int other) {
        return logits[id] < logits[other] || (logits[id] == logits[other] && id > other);
    }
}
