package io.nanogpt.graph;

/** What an operation needs beside its inputs: one record per kind of operation that needs anything. */
public sealed interface Attributes {
    /** No attributes. */
    record None() implements Attributes {}

    /** The initial distribution and the decay of a {@link OpType#PARAMETER}. */
    record Parameter(ParameterSpec spec) implements Attributes {}

    /**
     * Of {@link OpType#LAYER_NORM} and its gradients.
     *
     * @param epsilon added to the variance
     */
    record LayerNorm(float epsilon) implements Attributes {}

    /**
     * Of {@link OpType#ATTENTION} and its gradient.
     *
     * @param heads the number of heads; divides the features
     * @param scale multiplies the dot products of queries and keys
     */
    record Attention(int heads, float scale) implements Attributes {}

    /**
     * Of {@link OpType#DROPOUT}.
     *
     * @param rate the share of elements set to zero, in [0, 1)
     * @param stream tells the masks of one graph apart
     */
    record Dropout(float rate, int stream) implements Attributes {}

    /** The one instance that operations without attributes share. */
    Attributes NONE = new None();
}
