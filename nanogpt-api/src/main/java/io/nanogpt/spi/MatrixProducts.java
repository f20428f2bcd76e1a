package io.nanogpt.spi;

/**
 * Matrix products of linear layers by code of another library, for a precision that Java has no instructions for. Operands
 * are rounded to it, sums are 32-bit floats, and so is everything else of a model. The CPU backend divides the work: a call
 * computes on the thread that makes it, and its result depends on its arguments alone. Created by a
 * {@link MatrixProductsProvider}; safe for use by several threads.
 */
public interface MatrixProducts extends AutoCloseable {
    /** Describes the code for the name of the backend, for example {@code bf16 by oneDNN}. */
    String name();

    /** Allocates a right operand of products, {@code (depth, width)}; its elements are undefined until they are packed. */
    Weight weight(int depth, int width);

    /** Returns the products of one thread at a time, with memory of their own. */
    Calculator calculator();

    /** Frees what weights and calculators share; using one of them afterwards is an error. */
    @Override
    void close();

    /**
     * A right operand in the form that the code reads, divided into parts of consecutive columns. Threads share it, and may
     * pack and multiply different parts at once. The parts depend on its sizes alone.
     */
    interface Weight {
        /** The number of parts. */
        int parts();

        /** The columns of each part but the last, which may have fewer. */
        int partColumns();
    }

    /** Products on one thread. Rows of all arrays are contiguous where no stride is given. */
    interface Calculator extends AutoCloseable {
        /**
         * Rounds and copies a part of a weight.
         *
         * @param values the weight {@code (depth, width)} from {@code offset} on
         * @param transposed whether they are {@code (width, depth)} instead
         */
        void pack(Weight weight, int part, float[] values, int offset, boolean transposed);

        /**
         * {@code out = x weight}, in the columns of some parts.
         *
         * @param x {@code (rows, depth)}
         * @param firstPart the first part
         * @param endPart the part after the last one
         * @param out {@code (rows, width)}, of which the columns of these parts are written
         */
        void multiply(
                int rows,
                float[] x,
                int xOffset,
                Weight weight,
                int firstPart,
                int endPart,
                float[] out,
                int outOffset);

        /**
         * Begins a sum {@code (height, width)} of outer products, with zeros.
         *
         * @see #addProducts
         */
        void beginSum(int height, int width);

        /** Begins a sum as {@link #beginSum(int, int)}, with values whose rows are {@code stride} apart. */
        void beginSum(int height, int width, float[] values, int offset, int stride);

        /**
         * Adds {@code left^T right} to the sum, as one number for each element.
         *
         * @param left {@code (rows, height)}, rows {@code leftStride} apart
         * @param right {@code (rows, width)}, rows {@code rightStride} apart
         */
        void addProducts(
                int rows,
                float[] left,
                int leftOffset,
                int leftStride,
                float[] right,
                int rightOffset,
                int rightStride);

        /** Ends the sum: copies it into rows {@code stride} apart. */
        void endSum(float[] values, int offset, int stride);

        /** Frees the native memory of the calculator. */
        @Override
        void close();
    }
}
