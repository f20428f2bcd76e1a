package io.nanogpt.onednn;

/**
 * A compiled computation of oneDNN for one shape, and the layouts of its operands. Threads share it: its scratch memory is an
 * operand.
 *
 * @param shape of the computation
 * @param handle of oneDNN
 * @param operands {@code OneDnn.SOURCE} and so on
 * @param layouts of the operands
 * @param scratchBytes of the scratch memory, which is the last operand
 */
// Never compared, and its arrays are shared on purpose.
@SuppressWarnings("ArrayRecordComponent")
record Primitive(Shape shape, int index, long handle, int[] operands, long[] layouts, long scratchBytes) {
    /** What a primitive computes. */
    enum Kind {
        /** {@code (m, k)} times a weight {@code (k, n)}. */
        PRODUCT,
        /** Adds the product of {@code (k, m)}, transposed, with {@code (k, n)}. */
        SUM_OF_PRODUCTS,
        /** Rounds {@code k} floats. */
        ROUNDING,
        /** Rounds a weight {@code (k, n)} into the layout of products. */
        PACKING,
        /** Rounds a weight {@code (n, k)} into the layout of products. */
        PACKING_TRANSPOSED
    }

    /** A computation and its sizes; those it has not are 0. */
    record Shape(Kind kind, int m, int k, int n) {
        boolean is(Kind otherKind, int otherM, int otherK, int otherN) {
            return kind == otherKind && m == otherM && k == otherK && n == otherN;
        }
    }
}
