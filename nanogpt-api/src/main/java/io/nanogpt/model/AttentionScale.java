package io.nanogpt.model;

/** What multiplies the dot products of queries and keys. */
public sealed interface AttentionScale {
    /** {@code 1 / sqrt(head size)}, as Vaswani et al. 2017 have it. */
    record ByHeadSize() implements AttentionScale {}

    /** {@code 1 / sqrt(embedding size)}. */
    record ByEmbeddingSize() implements AttentionScale {}

    /**
     * A number of one's choice.
     *
     * @param factor above 0
     */
    record Fixed(float factor) implements AttentionScale {
        public Fixed {
            if (!(factor > 0 && factor < Float.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("the attention scale must be above 0 and finite, but is " + factor);
            }
        }
    }
}
