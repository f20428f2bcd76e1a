package io.nanogpt.impl.cpu.scalar;

import io.nanogpt.impl.cpu.CacheLines;

/**
 * Rows of {@code b} and three rows of sums, copied into arrays of their own for the loops that multiply.
 *
 * <p>The loops are written for C2, which makes vectors of a loop whose arrays have the loop index and constants as
 * subscripts, and whose body is short. It computes the first elements one by one up to one at an address that is a
 * multiple of a vector's size, and the last ones too: some 16 of 128 elements, which take longer than all vectors. So
 * the sums are in an array that G1 does not move, the first column is at such an address, and a loop begins one element
 * before it: this one alone is computed singly. Elsewhere the loops are slower, with the same results.
 *
 * <p>Of the forms that were tried on Java 17 and 25, two steps of the depth for three rows are the fastest that C2
 * always makes vectors of. With an array for each row of sums these would lie multiples of 4 KiB apart, which is slower.
 */
final class RowBlock {
    /** The most columns of a row. */
    static final int COLUMNS = 256;
    /** Rows of sums. */
    static final int SUMS = 3;
    /** Floats of the rows of {@code b}: three quarters of a first-level cache of 32 KiB. */
    private static final int CACHED = 6144;

    private static final int MOST_ROWS = 48;
    /** To find the fastest of 16 indices in a millisecond. */
    private static final int ATTEMPTS = 40;
    /** From one row of sums to the next: a multiple of 64 bytes, and not of 4 KiB. */
    private static final int ROW = 272;
    /** Of sums of the longest rows: more than C2 needs to compile all loops for these. */
    private static final int WARM_UP_ROUNDS = 10_000;

    private final float[][] rows = new float[MOST_ROWS][ROW];
    private final float[] sums;
    /** The index of the first column in each array. */
    private final int first;

    RowBlock() {
        sums = new float[Math.max(SUMS * ROW, CacheLines.HALF_REGION)];
        first = CacheLines.HALF_REGION > 0 ? CacheLines.FIRST : fastestFirst();
    }

    /**
     * The index of the first column that loops are fastest with: a program cannot read the address of an array. Rows are
     * the longest here too, since these may be the first calls ({@link #warmUp}).
     */
    private int fastestFirst() {
        float[] a = new float[SUMS * MOST_ROWS];
        int fastest = 0;
        long leastTime = Long.MAX_VALUE;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            for (int index = 1; index <= CacheLines.FLOATS; index++) {
                long start = System.nanoTime();
                addThree(index, COLUMNS, MOST_ROWS, a, 0, MOST_ROWS, 1);
                long time = System.nanoTime() - start;
                if (time < leastTime) {
                    leastTime = time;
                    fastest = index;
                }
            }
        }
        return fastest;
    }

    /**
     * Multiplies the longest rows. C2 unrolls a loop by the lengths that it had in the first calls; with short ones a step
     * of training takes a fifth longer.
     */
    static void warmUp() {
        RowBlock block = new RowBlock();
        int steps = 5;
        float[] a = new float[SUMS * steps];
        for (int round = 0; round < WARM_UP_ROUNDS; round++) {
            block.addThree(COLUMNS, steps, a, 0, steps, 1);
            block.addOne(COLUMNS, steps, a, 0, 1);
        }
    }

    /** The rows of {@code b} that are copied at a time. */
    static int depth(int columns) {
        return Math.min(MOST_ROWS, CACHED / columns / 4 * 4);
    }

    /** A row of {@code b}, whose columns begin at {@link #first}. */
    float[] row(int k) {
        return rows[k];
    }

    int first() {
        return first;
    }

    /** Copies a row of sums in. */
    void load(int row, int columns, float[] from, int offset) {
        System.arraycopy(from, offset, sums, row * ROW + first, columns);
    }

    /** Copies a row of sums out. */
    void store(int row, int columns, float[] to, int offset) {
        System.arraycopy(sums, row * ROW + first, to, offset, columns);
    }

    /** Adds the products of three rows of {@code a}, and {@code steps} of its columns, to the rows of sums. */
    void addThree(int columns, int steps, float[] a, int from, int row, int step) {
        addThree(first, columns, steps, a, from, row, step);
    }

    private void addThree(int first, int columns, int steps, float[] a, int from, int row, int step) {
        int end = first + columns;
        int k = 0;
        for (; k + 2 <= steps; k += 2) {
            threeRows(first - 1, end, a, from + k * step, row, step, rows[k], rows[k + 1], sums);
        }
        for (; k < steps; k++) {
            threeRowsOneStep(first - 1, end, a, from + k * step, row, rows[k], sums);
        }
    }

    /** As {@link #addThree} for the first row of sums. */
    void addOne(int columns, int steps, float[] a, int from, int step) {
        int end = first + columns;
        int k = 0;
        for (; k + 4 <= steps; k += 4) {
            oneRow(first - 1, end, a, from + k * step, step, rows, k, sums);
        }
        for (; k < steps; k++) {
            oneRowOneStep(first - 1, end, a[from + k * step], rows[k], sums);
        }
    }

    /** Two steps of the depth for three rows. */
    private static void threeRows(
            int start, int end, float[] a, int from, int row, int step, float[] b0, float[] b1, float[] sums) {
        float a00 = a[from];
        float a01 = a[from + step];
        float a10 = a[from + row];
        float a11 = a[from + row + step];
        float a20 = a[from + 2 * row];
        float a21 = a[from + 2 * row + step];
        for (int j = start; j < end; j++) {
            float x = b0[j];
            float y = b1[j];
            sums[j] = ScalarMath.fma(a01, y, ScalarMath.fma(a00, x, sums[j]));
            sums[j + ROW] = ScalarMath.fma(a11, y, ScalarMath.fma(a10, x, sums[j + ROW]));
            sums[j + 2 * ROW] = ScalarMath.fma(a21, y, ScalarMath.fma(a20, x, sums[j + 2 * ROW]));
        }
    }

    private static void threeRowsOneStep(int start, int end, float[] a, int from, int row, float[] b, float[] sums) {
        float a0 = a[from];
        float a1 = a[from + row];
        float a2 = a[from + 2 * row];
        for (int j = start; j < end; j++) {
            float x = b[j];
            sums[j] = ScalarMath.fma(a0, x, sums[j]);
            sums[j + ROW] = ScalarMath.fma(a1, x, sums[j + ROW]);
            sums[j + 2 * ROW] = ScalarMath.fma(a2, x, sums[j + 2 * ROW]);
        }
    }

    /** Four steps of the depth for one row. */
    private static void oneRow(int start, int end, float[] a, int from, int step, float[][] b, int k, float[] sums) {
        float a0 = a[from];
        float a1 = a[from + step];
        float a2 = a[from + 2 * step];
        float a3 = a[from + 3 * step];
        float[] b0 = b[k];
        float[] b1 = b[k + 1];
        float[] b2 = b[k + 2];
        float[] b3 = b[k + 3];
        for (int j = start; j < end; j++) {
            float s = ScalarMath.fma(a1, b1[j], ScalarMath.fma(a0, b0[j], sums[j]));
            sums[j] = ScalarMath.fma(a3, b3[j], ScalarMath.fma(a2, b2[j], s));
        }
    }

    private static void oneRowOneStep(int start, int end, float a, float[] b, float[] sums) {
        for (int j = start; j < end; j++) {
            sums[j] = ScalarMath.fma(a, b[j], sums[j]);
        }
    }
}
