package io.nanogpt.graph;

import java.util.List;
import java.util.stream.IntStream;

/** The parameters of an operation other than its inputs, with one record per kind of operation that has any. */
public sealed interface Attributes {
    /** No attributes. */
    record None() implements Attributes {}

    /** Attributes of {@link OpType#PARAMETER}: name, shape and initial distribution. */
    record Parameter(ParameterSpec spec) implements Attributes {}

    /**
     * Attributes of {@link OpType#EMBEDDING} and its gradient. With order 1, a token's row is that of its id. With order
     * n from 2 on, it is the row {@code h_n mod rows} of the n-gram that ends with it: for the ids {@code x_t},
     * {@code h_2 = x_t V + x_(t-1)} and {@code h_(k+1) = (1000003 h_k + 7919 x_(t-k) + k) mod 2147483647} for
     * {@code k = 2 ... n - 1}, in 64-bit integers.
     *
     * @param vocabularySize number of token ids, V
     * @param shift row {@code t} of the result is that of token {@code t - shift}; at least 0, and 0 for n-grams
     * @param padding the token id before the start of a sequence; negative for a row of zeros, which n-grams do not have
     * @param order tokens that select a row, n, from 1 to 8
     * @param rows rows of the table; V for order 1, at least 1 for n-grams
     */
    record Embedding(int vocabularySize, int shift, int padding, int order, int rows) implements Attributes {
        /** The largest order. */
        public static final int MAX_ORDER = 8;

        /** The largest vocabulary of n-grams: with it, the hash stays below 2<sup>63</sup>. */
        public static final int MAX_NGRAM_VOCABULARY = 3_000_000;

        public Embedding {
            if (shift < 0) {
                throw new IllegalArgumentException("shift must be at least 0, but is " + shift);
            }
            if (order < 1 || order > MAX_ORDER) {
                throw new IllegalArgumentException("order must be from 1 to " + MAX_ORDER + ", but is " + order);
            }
            if (order == 1 && rows != vocabularySize) {
                throw new IllegalArgumentException("an embedding of single tokens needs a row for each of its "
                        + vocabularySize + " ids, but the table has " + rows);
            }
            if (order > 1 && (shift != 0 || padding < 0 || rows < 1 || vocabularySize > MAX_NGRAM_VOCABULARY)) {
                throw new IllegalArgumentException("an embedding of n-grams needs a shift of 0, a token id as padding,"
                        + " at least 1 row and at most " + MAX_NGRAM_VOCABULARY + " token ids, but has a shift of "
                        + shift + ", the padding " + padding + ", " + rows + " rows and " + vocabularySize + " ids");
            }
            Attributes.checkPadding(padding, vocabularySize);
        }

        /**
         * Attributes of an embedding of single tokens.
         *
         * @param vocabularySize rows of the table, V
         * @param shift row {@code t} of the result is that of token {@code t - shift}; at least 0
         * @param padding the token id before the start of a sequence; negative for a row of zeros
         */
        public Embedding(int vocabularySize, int shift, int padding) {
            this(vocabularySize, shift, padding, 1, vocabularySize);
        }

        /** Returns the number of earlier token ids that a row depends on. */
        public int reach() {
            return shift + order - 1;
        }
    }

    /**
     * Attributes of {@link OpType#ONE_HOT_LINEAR} and its gradient.
     *
     * @param window number of input tokens, k, the current one included
     * @param vocabularySize number of token ids, V
     * @param padding the token id before the start of a sequence; negative for zeros
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
     * Attributes of {@link OpType#LAYER_NORM}, {@link OpType#RMS_NORM} and their gradients.
     *
     * @param epsilon added to the variance or to the mean of squares
     */
    record Norm(float epsilon) implements Attributes {}

    /**
     * Attributes of {@link OpType#HEAD_NORM} and its gradient.
     *
     * @param headSize features of a head
     * @param heads number of heads that are normalised, from the first feature on
     * @param epsilon added to the mean of squares
     */
    record HeadNorm(int headSize, int heads, float epsilon) implements Attributes {
        public HeadNorm {
            if (headSize < 1 || heads < 1) {
                throw new IllegalArgumentException(
                        "a norm of heads needs at least 1 head of at least 1 feature, but has " + heads + " of "
                                + headSize);
            }
        }
    }

    /**
     * Attributes of {@link OpType#CAUSAL_CONV} and its gradients.
     *
     * @param size number of tokens that an output depends on, K, its own included
     */
    record Convolution(int size) implements Attributes {
        public Convolution {
            if (size < 1) {
                throw new IllegalArgumentException("the size of a convolution must be at least 1, but is " + size);
            }
        }
    }

    /**
     * Attributes of {@link OpType#SOFT_CAP} and its gradient.
     *
     * @param cap the limit of the absolute value, above 0
     */
    record SoftCap(float cap) implements Attributes {
        public SoftCap {
            if (!(cap > 0 && cap < Float.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("a cap must be above 0 and finite, but is " + cap);
            }
        }
    }

    /**
     * Attributes of {@link OpType#CONSTANT_SCALE}.
     *
     * @param factor finite
     */
    record Constant(float factor) implements Attributes {
        public Constant {
            if (!Float.isFinite(factor)) {
                throw new IllegalArgumentException("a constant factor must be finite, but is " + factor);
            }
        }
    }

    /**
     * Attributes of {@link OpType#ROTARY}. At position {@code p}, pair {@code i} of a head is rotated by the angle
     * {@code p frequencies[i]} and multiplied by the factor.
     *
     * @param headSize features of a head; even
     * @param heads number of rotated heads, from the first feature on; the features after them are unchanged
     * @param frequencies radians a position, for each pair; with fewer than {@code headSize / 2}, the features of a head
     *     after the first {@code 2 frequencies.size()} are unchanged
     * @param factor of the rotated features, 1 for a rotation alone
     * @param interleaved whether a pair is features {@code (2 i, 2 i + 1)}, as in the paper, rather than
     *     {@code (i, i + frequencies.size())}, as in Llama checkpoints
     * @param inverse whether the rotation is inverse, as in the gradient
     */
    record Rotary(int headSize, int heads, List<Double> frequencies, float factor, boolean interleaved, boolean inverse)
            implements Attributes {
        public Rotary {
            frequencies = List.copyOf(frequencies);
        }

        /**
         * Attributes of a rotation of all features by {@code p theta^(-2 i / headSize)}.
         *
         * @param theta the base of the angles
         */
        public Rotary(int headSize, int heads, double theta, boolean interleaved, boolean inverse) {
            this(headSize, heads, frequencies(theta, headSize), 1, interleaved, inverse);
        }

        /**
         * Returns the frequencies {@code theta^(-2 i / features)} of the pairs of some features.
         *
         * @param theta the base of the angles
         * @param features number of rotated features; even
         */
        public static List<Double> frequencies(double theta, int features) {
            return IntStream.range(0, features / 2)
                    .mapToObj(pair -> StrictMath.pow(theta, -2.0 * pair / features))
                    .toList();
        }

        /** Returns the number of features of a head that are rotated, from its first on. */
        public int turned() {
            return 2 * frequencies.size();
        }

        /** Returns the inverse of this rotation, with the same factor. */
        public Rotary inverted() {
            return new Rotary(headSize, heads, frequencies, factor, interleaved, !inverse);
        }
    }

    /**
     * Attributes of {@link OpType#ATTENTION}, its gradient and its probabilities. The input is the concatenation of
     * {@code heads} queries, {@code keyValueHeads} keys and as many values; query head {@code h} uses key and value
     * head {@code h / (heads / keyValueHeads)}.
     *
     * @param heads query heads
     * @param keyValueHeads key and value heads; divides {@code heads}
     * @param scale the factor of the dot products of queries and keys
     * @param window keys that a query attends to, that of its own position included; 0 for all up to its own
     * @param cap limit c of the scaled dot products x, {@code c tanh(x / c)} (Gemma Team 2024); 0 for none
     */
    record Attention(int heads, int keyValueHeads, float scale, int window, float cap) implements Attributes {
        public Attention {
            if (!(cap >= 0 && cap < Float.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("the cap must be above 0, or 0 for none, but is " + cap);
            }
            if (heads < 1 || keyValueHeads < 1 || heads % keyValueHeads != 0) {
                throw new IllegalArgumentException("heads must be at least 1 and a multiple of the key and value heads,"
                        + " but are " + heads + " and " + keyValueHeads);
            }
            if (window < 0) {
                throw new IllegalArgumentException("the window must be at least 0, but is " + window);
            }
        }

        /** Attributes of attention whose dot products have no limit. */
        public Attention(int heads, int keyValueHeads, float scale, int window) {
            this(heads, keyValueHeads, scale, window, 0);
        }

        /** Returns the features of a head, from the features of the packed input. */
        public int headSize(int packedFeatures) {
            return packedFeatures / (heads + 2 * keyValueHeads);
        }
    }

    /**
     * Attributes of {@link OpType#SLICE}.
     *
     * @param from the first feature of the slice
     * @param size number of features of the slice
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
     * Attributes of {@link OpType#DROPOUT}.
     *
     * @param rate the share of elements set to zero, in [0, 1)
     * @param stream number of the random stream, different for each dropout of a graph
     */
    record Dropout(float rate, int stream) implements Attributes {
        public Dropout {
            if (!(rate >= 0 && rate < 1)) {
                throw new IllegalArgumentException("dropout must be in [0, 1), but is " + rate);
            }
        }
    }

    /** The shared instance of {@link None}. */
    Attributes NONE = new None();

    private static void checkPadding(int padding, int vocabularySize) {
        if (padding >= vocabularySize) {
            throw new IllegalArgumentException(
                    "padding must be a token id below " + vocabularySize + ", or negative, but is " + padding);
        }
    }
}
