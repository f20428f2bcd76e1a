package io.nanogpt.graph;

/**
 * Every operation a graph may hold. {@code B} is the batch, {@code T} the sequence, {@code D}, {@code N} and {@code K}
 * are features. Whoever reads a graph switches over this type without a default, so that a new operation does not
 * compile until every reader has answered for it.
 */
public enum OpType {
    /** Token ids given at run time, {@code (B, T)}. */
    INPUT,
    /** A trained array of fixed shape. */
    PARAMETER,
    /** Rows of a table: ids {@code (B, T)}, table {@code (V, D)} to {@code (B, T, D)}. */
    EMBEDDING,
    /** Adds row {@code past + t} of a table {@code (context, D)} to position {@code t} of {@code (B, T, D)}. */
    ADD_POSITIONS,
    /** {@code x W^T + b}: x {@code (B, T, K)}, weight {@code (N, K)}, optional bias {@code (N)} to {@code (B, T, N)}. */
    LINEAR,
    /** The sum of two tensors of one shape. */
    ADD,
    /** Layer normalisation over the features (Ba et al. 2016): x, weight {@code (D)}, bias {@code (D)}. */
    LAYER_NORM,
    /** Gaussian error linear unit in its exact form, {@code x Phi(x)} (Hendrycks and Gimpel 2016). */
    GELU,
    /** {@code max(x, 0)}. */
    RELU,
    /** Causal self-attention on packed queries, keys and values {@code (B, T, 3 D)} to {@code (B, T, D)}. */
    ATTENTION,
    /** Inverted dropout (Srivastava et al. 2014); the mask is replayed from a counter, never stored. */
    DROPOUT,
    /** Mean negative log-likelihood of targets {@code (B, T)} under logits {@code (B, T, V)}: a scalar. */
    CROSS_ENTROPY,
    /** Gradient of {@link #EMBEDDING} for its table: ids, gradient {@code (B, T, D)} to {@code (V, D)}. */
    EMBEDDING_GRAD,
    /** Gradient of {@link #ADD_POSITIONS} for its table. */
    ADD_POSITIONS_GRAD,
    /** Gradient of {@link #LINEAR} for its input: gradient {@code (B, T, N)}, weight {@code (N, K)} to {@code (B, T, K)}. */
    LINEAR_INPUT_GRAD,
    /** Gradient of {@link #LINEAR} for its weight: gradient {@code (B, T, N)}, x {@code (B, T, K)} to {@code (N, K)}. */
    LINEAR_WEIGHT_GRAD,
    /** The sum over batch and sequence: {@code (B, T, N)} to {@code (N)}; the gradient of every bias. */
    SUM_ROWS,
    /** Gradient of {@link #LAYER_NORM} for its input: gradient, x, weight. */
    LAYER_NORM_INPUT_GRAD,
    /** Gradient of {@link #LAYER_NORM} for its weight: gradient, x to {@code (D)}. */
    LAYER_NORM_WEIGHT_GRAD,
    /** Gradient of {@link #GELU}: gradient, x. */
    GELU_GRAD,
    /** Gradient of {@link #RELU}: gradient, x. */
    RELU_GRAD,
    /** Gradient of {@link #ATTENTION}: gradient, packed queries, keys and values, output. */
    ATTENTION_GRAD,
    /** Gradient of {@link #CROSS_ENTROPY} for the logits, for an upstream gradient of one: logits, targets. */
    CROSS_ENTROPY_GRAD
}
