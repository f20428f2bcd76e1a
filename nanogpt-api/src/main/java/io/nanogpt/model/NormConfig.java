package io.nanogpt.model;

/**
 * The norms of a transformer.
 *
 * @param kind what normalises
 * @param epsilon added to the variance or to the mean of squares; above 0
 * @param placement where
 */
public record NormConfig(Kind kind, float epsilon, Placement placement) {
    /** What normalises. */
    public enum Kind {
        /** Zero mean and unit variance, then a weight and a bias (Ba et al. 2016). */
        LAYER,
        /** Unit mean of squares, then a weight (Zhang and Sennrich 2019). */
        RMS,
        /** Nothing. */
        NONE
    }

    /** Where it stands. */
    public enum Placement {
        /** Before attention and MLP, and once before the head (Xiong et al. 2020). */
        PRE,
        /** After each residual sum, with none before the head, as in Vaswani et al. 2017. */
        POST
    }

    public NormConfig {
        if (!(epsilon > 0 && epsilon < 1)) {
            throw new IllegalArgumentException("epsilon must be in (0, 1), but is " + epsilon);
        }
    }
}
