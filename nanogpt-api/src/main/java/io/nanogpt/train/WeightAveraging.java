package io.nanogpt.train;

import java.util.Objects;

/**
 * An exponential moving average of the weights beside those that are trained (Polyak and Juditsky 1992). It costs a copy of
 * the weights, one pass over them at every sample, and a second validation loss at every evaluation. Until there are
 * {@code 1 / (1 - decay)} samples, all count the same. Immutable.
 *
 * @param decay weight of the average at a sample, in [0, 1); 1 less it is the weight of the sample
 * @param every steps between samples; 10 by default
 * @param keep the weights that the run ends with; {@link Keep#BEST} by default
 */
public record WeightAveraging(double decay, int every, Keep keep) {
    /** The weights that a run ends with. */
    public enum Keep {
        /** Those that were trained. */
        RAW,
        /** The average; the trained ones if the run ends before the first sample. */
        AVERAGED,
        /** Those of the lower validation loss; the trained ones if they are equal. */
        BEST
    }

    public WeightAveraging {
        if (!(decay >= 0 && decay < 1)) {
            throw new IllegalArgumentException("the decay of averaged weights must be in [0, 1), but is " + decay);
        }
        TrainingConfig.positive("the steps between samples of averaged weights", every);
        Objects.requireNonNull(keep, "keep");
    }

    /** Returns an average with this decay, sampled every 10 steps, of which a run ends with the better weights. */
    public static WeightAveraging ema(double decay) {
        return new WeightAveraging(decay, 10, Keep.BEST);
    }

    /** Returns a copy with this number of steps between samples. */
    public WeightAveraging withEvery(int value) {
        return new WeightAveraging(decay, value, keep);
    }

    /** Returns a copy with this choice of the weights that the run ends with. */
    public WeightAveraging withKeep(Keep value) {
        return new WeightAveraging(decay, every, value);
    }
}
