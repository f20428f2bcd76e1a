package io.nanogpt.model;

/** The factor of the dot products of queries and keys. */
public sealed interface AttentionScale {
    /** The kinds of scales. */
    enum Kind {
        /** {@link ByHeadSize}. */
        BY_HEAD_SIZE,
        /** {@link ByEmbeddingSize}. */
        BY_EMBEDDING_SIZE,
        /** {@link Fixed}. */
        FIXED
    }

    /** Returns the kind of this scale, for exhaustive switches. */
    Kind kind();

    /** {@code 1 / sqrt(head size)} (Vaswani et al. 2017). */
    record ByHeadSize() implements AttentionScale {
        @Override
        public Kind kind() {
            return Kind.BY_HEAD_SIZE;
        }
    }

    /** {@code 1 / sqrt(embedding size)}. */
    record ByEmbeddingSize() implements AttentionScale {
        @Override
        public Kind kind() {
            return Kind.BY_EMBEDDING_SIZE;
        }
    }

    /**
     * A fixed number.
     *
     * @param factor above 0
     */
    record Fixed(float factor) implements AttentionScale {
        public Fixed {
            if (!(factor > 0 && factor < Float.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("the attention scale must be above 0 and finite, but is " + factor);
            }
        }

        @Override
        public Kind kind() {
            return Kind.FIXED;
        }
    }
}
