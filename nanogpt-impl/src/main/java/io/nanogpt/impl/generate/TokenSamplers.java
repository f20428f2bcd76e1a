package io.nanogpt.impl.generate;

import io.nanogpt.NanogptException;
import io.nanogpt.generate.Sampler;
import io.nanogpt.spi.SamplingOptions;
import java.util.stream.DoubleStream;

/**
 * Sampling methods. Each is a function of the logits and one random number, in double precision, and prefers the lower
 * id among equals.
 */
final class TokenSamplers {
    private TokenSamplers() {}

    /** The sampler that the options select. */
    static Sampler of(SamplingOptions options) {
        if (options.sampler().isPresent()) {
            return options.sampler().get();
        }
        if (options.temperature() == 0 || options.topK() == 1) {
            return (logits, uniform) -> mostLikely(logits);
        }
        return (logits, uniform) -> draw(kept(logits, options), uniform);
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

    /** The probabilities of the ids that can be drawn, up to a common factor, and zero for all others. */
    static double[] kept(float[] logits, SamplingOptions options) {
        double largest = logits[mostLikely(logits)];
        if (Double.isInfinite(largest)) {
            throw new NanogptException("the largest logit is " + largest
                    + "; the weights of the model are damaged, train it again or load another");
        }
        double[] weights = options.topK() < logits.length
                ? topK(logits, largest, options)
                : weights(logits, largest, options.temperature());
        if (options.topP() < 1) {
            weights = untilShare(drawable(weights), weights, options.topP());
        }
        if (options.minP() > 0) {
            dropBelow(options.minP(), weights);
        }
        if (options.typical() < 1) {
            weights = untilShare(typicality(weights), weights, options.typical());
        }
        return weights;
    }

    private static double[] weights(float[] logits, double largest, double temperature) {
        double[] weights = new double[logits.length];
        for (int id = 0; id < logits.length; id++) {
            weights[id] = weight(logits[id], largest, temperature);
        }
        return weights;
    }

    private static double weight(float logit, double largest, double temperature) {
        // At most exp(0): nothing overflows, however small the temperature.
        return logit == Float.NEGATIVE_INFINITY ? 0 : StrictMath.exp((logit - largest) / temperature);
    }

    private static int draw(double[] weights, double uniform) {
        double sum = 0;
        for (double weight : weights) {
            sum += weight;
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
        // Rounding may leave a remainder after the last id that can be drawn.
        return last;
    }

    /** Ranks by logits, since weights of different logits can be equal. */
    private static double[] topK(float[] logits, double largest, SamplingOptions options) {
        double[] keys = new double[logits.length];
        for (int id = 0; id < logits.length; id++) {
            keys[id] = logits[id];
        }
        RankedIds ranked = new RankedIds(keys);
        double[] kept = new double[logits.length];
        for (int count = 0; count < options.topK() && !ranked.isEmpty(); count++) {
            int id = ranked.next();
            kept[id] = weight(logits[id], largest, options.temperature());
        }
        return kept;
    }

    /** The fewest ids, in descending order of keys, whose weights sum to at least a share of all. */
    private static double[] untilShare(double[] keys, double[] weights, double share) {
        double wanted = share * DoubleStream.of(weights).sum();
        RankedIds ranked = new RankedIds(keys);
        double[] kept = new double[weights.length];
        double sum = 0;
        while (sum < wanted && !ranked.isEmpty()) {
            int id = ranked.next();
            kept[id] = weights[id];
            sum += weights[id];
        }
        return kept;
    }

    private static void dropBelow(double share, double[] weights) {
        double bound = share * DoubleStream.of(weights).max().orElse(0);
        for (int id = 0; id < weights.length; id++) {
            if (weights[id] < bound) {
                weights[id] = 0;
            }
        }
    }

    /** The weights themselves as keys; minus infinity for ids that cannot be drawn. */
    private static double[] drawable(double[] weights) {
        double[] keys = new double[weights.length];
        for (int id = 0; id < weights.length; id++) {
            keys[id] = weights[id] > 0 ? weights[id] : Double.NEGATIVE_INFINITY;
        }
        return keys;
    }

    /** The negative distance of each surprisal from the entropy; minus infinity for ids that cannot be drawn. */
    private static double[] typicality(double[] weights) {
        double sum = DoubleStream.of(weights).sum();
        double[] surprisals = new double[weights.length];
        double entropy = 0;
        for (int id = 0; id < weights.length; id++) {
            if (weights[id] > 0) {
                surprisals[id] = -StrictMath.log(weights[id] / sum);
                entropy += weights[id] / sum * surprisals[id];
            }
        }
        double[] keys = new double[weights.length];
        for (int id = 0; id < weights.length; id++) {
            keys[id] = weights[id] > 0 ? -Math.abs(surprisals[id] - entropy) : Double.NEGATIVE_INFINITY;
        }
        return keys;
    }
}
