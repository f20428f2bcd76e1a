package io.nanogpt.model;

/** What multiplies the dot products of queries and keys. */
public sealed interface AttentionScale {
    /** The scales that there are. */
    enum Kind {
        /** {@link ByHeadSize}. */
        BY_HEAD_SIZE,
        /** {@link ByEmbeddingSize}. */
        BY_EMBEDDING_SIZE,
        /** {@link Fixed}. */
        FIXED
    }

    /** Which one this is; switches over it need no default. */
    Kind kind();

    /** {@code 1 / sqrt(head size)}, as Vaswani et al. 2017 have it. */
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

        @Override
        public Kind kind() {
            return Kind.FIXED;
        }
    }
}
