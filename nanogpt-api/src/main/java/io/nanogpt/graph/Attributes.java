package io.nanogpt.graph;

/** What an operation needs beside its inputs: one record per kind of operation that needs anything. */
public sealed interface Attributes {
    /** No attributes. */
    record None() implements Attributes {}

    /** The initial distribution and the decay of a {@link OpType#PARAMETER}. */
    record Parameter(ParameterSpec spec) implements Attributes {}

    /**
     * Of {@link OpType#EMBEDDING} and its gradient.
     *
     * @param vocabularySize rows of the table, V
     * @param shift row {@code t} of the result belongs to token {@code t - shift}; at least 0
     * @param padding the token id that stands before the start of a sequence; negative for a row of zeros
     */
    record Embedding(int vocabularySize, int shift, int padding) implements Attributes {
        public Embedding {
            if (shift < 0) {
                throw new IllegalArgumentException("shift must be at least 0, but is " + shift);
            }
            Attributes.checkPadding(padding, vocabularySize);
        }
    }

    /**
     * Of {@link OpType#ONE_HOT_LINEAR} and its gradient.
     *
     * @param window tokens that count, k: the last k up to the current one
     * @param vocabularySize token ids, V
     * @param padding the token id that stands before the start of a sequence; negative where nothing does
     */
    record OneHot(int window, int vocabularySize, int padding) implements Attributes {
        public OneHot {
            if (window < 1) {
                throw new IllegalArgumentException("window must be at least 1, but is " + window);
            }
            Attributes.checkPadding(padding, vocabularySize);
        }
    }

    /**
     * Of {@link OpType#LAYER_NORM}, {@link OpType#RMS_NORM} and their gradients.
     *
     * @param epsilon added to the variance or to the mean of squares
     */
    record Norm(float epsilon) implements Attributes {}

    /**
     * Of {@link OpType#ROTARY}. Position {@code p} turns pair {@code i} of a head by the angle
     * {@code p theta^(-2 i / headSize)}.
     *
     * @param headSize features of a head; even
     * @param heads how many heads, from the first feature on, are turned; the features behind them pass through
     * @param theta the base of the angles
     * @param interleaved whether a pair is features {@code (2 i, 2 i + 1)}, as in the paper, rather than
     *     {@code (i, i + headSize / 2)}, as in Llama checkpoints
     * @param inverse whether it turns back, which is the gradient
     */
    record Rotary(int headSize, int heads, double theta, boolean interleaved, boolean inverse) implements Attributes {}

    /**
     * Of {@link OpType#ATTENTION}, its gradient and its probabilities. The input holds, side by side, {@code heads}
     * queries, {@code keyValueHeads} keys and as many values; query head {@code h} reads key and value head
     * {@code h / (heads / keyValueHeads)}.
     *
     * @param heads query heads
     * @param keyValueHeads heads of keys and values; divides {@code heads}
     * @param scale multiplies the dot products of queries and keys
     * @param window the keys that a query sees, its own position among them; 0 for all up to its own
     */
    record Attention(int heads, int keyValueHeads, float scale, int window) implements Attributes {
        public Attention {
            if (heads < 1 || keyValueHeads < 1 || heads % keyValueHeads != 0) {
                throw new IllegalArgumentException("heads must be at least 1 and a multiple of the key and value heads,"
                        + " but are " + heads + " and " + keyValueHeads);
            }
            if (window < 0) {
                throw new IllegalArgumentException("the window must be at least 0, but is " + window);
            }
        }

        /** Features of a head, from the features of the packed input. */
        public int headSize(int packedFeatures) {
            return packedFeatures / (heads + 2 * keyValueHeads);
        }
    }

    /**
     * Of {@link OpType#SLICE}.
     *
     * @param from the first feature taken
     * @param size features taken
     */
    record Slice(int from, int size) implements Attributes {
        public Slice {
            if (from < 0 || size < 1) {
                throw new IllegalArgumentException(
                        "a slice needs a first feature of at least 0 and at least 1 feature, but has " + from + " and "
                                + size);
            }
        }
    }

    /**
     * Of {@link OpType#DROPOUT}.
     *
     * @param rate the share of elements set to zero, in [0, 1)
     * @param stream tells the masks of one graph apart
     */
    record Dropout(float rate, int stream) implements Attributes {
        public Dropout {
            if (!(rate >= 0 && rate < 1)) {
                throw new IllegalArgumentException("dropout must be in [0, 1), but is " + rate);
            }
        }
    }

    /** The one instance that operations without attributes share. */
    Attributes NONE = new None();

    private static void checkPadding(int padding, int vocabularySize) {
        if (padding >= vocabularySize) {
            throw new IllegalArgumentException(
                    "padding must be a token id below " + vocabularySize + ", or negative, but is " + padding);
        }
    }
}
