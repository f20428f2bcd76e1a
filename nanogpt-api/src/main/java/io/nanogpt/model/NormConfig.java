package io.nanogpt.model;

/**
 * The norms of a transformer. Immutable.
 *
 * @param kind the normalisation
 * @param epsilon added to the variance or to the mean of squares; in (0, 1)
 * @param placement the position of norms in a block
 */
public record NormConfig(Kind kind, float epsilon, Placement placement) {
    /** The normalisation. */
    public enum Kind {
        /** LayerNorm: zero mean and unit variance, then a weight and a bias (Ba et al. 2016). */
        LAYER,
        /** LayerNorm with a weight and no bias. */
        LAYER_UNBIASED,
        /** RMSNorm: unit mean of squares, then a weight (Zhang and Sennrich 2019). */
        RMS,
        /** RMSNorm without a weight. */
        RMS_UNWEIGHTED,
        /** No normalisation. */
        NONE
    }

    /** The position of norms in a block. */
    public enum Placement {
        /** Before attention and MLP, and once before the head (Xiong et al. 2020). */
        PRE,
        /** After each residual sum, with none before the head, as in Vaswani et al. 2017. */
        POST,
        /** Of the outputs of attention and MLP, before the residual sum, and once before the head (OLMo 2). */
        OUTPUT,
        /** Before attention and MLP, of their outputs, and once before the head (Gemma 2). */
        PRE_AND_OUTPUT
    }

    public NormConfig {
        if (!(epsilon > 0 && epsilon < 1)) {
            throw new IllegalArgumentException("epsilon must be in (0, 1), but is " + epsilon);
        }
    }
}
