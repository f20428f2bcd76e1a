package io.nanogpt.impl.cpu.scalar;

import io.nanogpt.impl.cpu.Matrix;
import io.nanogpt.model.WeightPrecision;

/**
 * The matrix product in panels of {@value #PANEL} columns. Rows of {@code b} and sums are copied into arrays of their own,
 * so that the loop index alone is the subscript, which C2 needs to vectorise a loop. It also needs a short one: on JDK 17
 * a body of eight multiply-adds for one row is compiled to scalar instructions, or not, depending on the order in which
 * methods get hot; two for each of four rows have the fewest loads and stores of the forms that it always vectorises.
 */
final class MatrixProduct {
    /** Columns of a panel. */
    static final int PANEL = 128;

    /** Rows of {@code b} that are copied at a time: three quarters of a first-level cache of 32 KiB. */
    private static final int DEPTH_BLOCK = 48;
    /** Rows of {@code a} that are multiplied at a time. */
    private static final int ROWS = 4;

    private final float[][] rows = new float[DEPTH_BLOCK][PANEL];
    private final float[][] sums = new float[ROWS][PANEL];
    private final float[] zeros = new float[PANEL];

    /** As {@link io.nanogpt.impl.cpu.Kernels#multiply}. */
    void multiply(int rows, int columns, int depth, Matrix a, Matrix b, Matrix init, Matrix c) {
        multiply(
                rows,
                columns,
                depth,
                a.values(),
                a.offset(),
                a.row(),
                a.step(),
                b.values(),
                b.offset(),
                b.row(),
                init.values(),
                init.offset(),
                init.row(),
                c.values(),
                c.offset(),
                c.row());
    }

    /** As {@link io.nanogpt.impl.cpu.Kernels#multiplyPair}. */
    void multiplyPair(
            int depth,
            float[] a,
            int aOffset,
            float[] b,
            int bOffset,
            float[] init,
            int initOffset,
            int initStep,
            float[] c,
            int cOffset) {
        for (int p = 0; p < 2; p++) {
            multiply(
                    1,
                    PANEL,
                    depth,
                    a,
                    aOffset,
                    depth,
                    1,
                    b,
                    bOffset + p * depth * PANEL,
                    PANEL,
                    init,
                    initOffset + p * initStep,
                    0,
                    c,
                    cOffset + p * PANEL,
                    PANEL);
        }
    }

    /** As {@link io.nanogpt.impl.cpu.Kernels#multiplyRounded}. */
    void multiplyRounded(
            WeightPrecision precision,
            int depth,
            float[] a,
            int aOffset,
            int[] b,
            int bOffset,
            float[] init,
            int initOffset,
            float[] c,
            int cOffset) {
        int row = PANEL * RoundedPanels.bits(precision) / Integer.SIZE;
        System.arraycopy(init, initOffset, sums[0], 0, PANEL);
        for (int k = 0; k < depth; k += DEPTH_BLOCK) {
            int block = Math.min(DEPTH_BLOCK, depth - k);
            for (int r = 0; r < block; r++) {
                RoundedPanels.expandRow(precision, b, bOffset + (k + r) * row, rows[r], 0);
            }
            oneRow(PANEL, block, 0, a, aOffset + k, 1, sums[0]);
        }
        System.arraycopy(sums[0], 0, c, cOffset, PANEL);
    }

    /** One row, on sums of zero. */
    void multiplyRow(
            int columns, int depth, float[] a, int aOffset, float[] b, int bOffset, int bStep, float[] c, int cOffset) {
        for (int j = 0; j < columns; j += PANEL) {
            int width = Math.min(PANEL, columns - j);
            multiply(1, width, depth, a, aOffset, depth, 1, b, bOffset + j, bStep, zeros, 0, 0, c, cOffset + j, width);
        }
    }

    private void multiply(
            int rowCount,
            int columns,
            int depth,
            float[] a,
            int aOffset,
            int aRow,
            int aStep,
            float[] b,
            int bOffset,
            int bStep,
            float[] init,
            int initOffset,
            int initRow,
            float[] c,
            int cOffset,
            int cRow) {
        for (int j = 0; j < columns; j += PANEL) {
            int width = Math.min(PANEL, columns - j);
            for (int k = 0; k < depth; k += DEPTH_BLOCK) {
                int block = Math.min(DEPTH_BLOCK, depth - k);
                for (int r = 0; r < block; r++) {
                    System.arraycopy(b, bOffset + (k + r) * bStep + j, rows[r], 0, width);
                }
                float[] from = k == 0 ? init : c;
                int fromOffset = (k == 0 ? initOffset : cOffset) + j;
                int fromRow = k == 0 ? initRow : cRow;
                for (int i = 0; i < rowCount; i += ROWS) {
                    int count = Math.min(ROWS, rowCount - i);
                    for (int r = 0; r < count; r++) {
                        System.arraycopy(from, fromOffset + (i + r) * fromRow, sums[r], 0, width);
                    }
                    add(count, width, block, a, aOffset + i * aRow + k * aStep, aRow, aStep);
                    for (int r = 0; r < count; r++) {
                        System.arraycopy(sums[r], 0, c, cOffset + (i + r) * cRow + j, width);
                    }
                }
            }
        }
    }

    /** Adds {@code block} steps of the depth to the sums of {@code count} rows. */
    private void add(int count, int width, int block, float[] a, int from, int aRow, int aStep) {
        int done = 0;
        if (count == ROWS) {
            for (; done + 2 <= block; done += 2) {
                fourRows(width, a, from + done * aStep, aRow, aStep, rows[done], rows[done + 1], sums);
            }
        }
        for (int r = 0; r < count; r++) {
            oneRow(width, block, done, a, from + r * aRow, aStep, sums[r]);
        }
    }

    private void oneRow(int width, int block, int done, float[] a, int from, int aStep, float[] sum) {
        int k = done;
        for (; k + 4 <= block; k += 4) {
            fourSteps(width, a, from + k * aStep, aStep, rows, k, sum);
        }
        for (; k < block; k++) {
            oneStep(width, a[from + k * aStep], rows[k], sum);
        }
    }

    /** Two steps of the depth for four rows: a sum is loaded and stored once for two, and {@code b} once for four. */
    private static void fourRows(
            int n, float[] a, int from, int row, int step, float[] b0, float[] b1, float[][] sums) {
        float a00 = a[from];
        float a01 = a[from + step];
        float a10 = a[from + row];
        float a11 = a[from + row + step];
        float a20 = a[from + 2 * row];
        float a21 = a[from + 2 * row + step];
        float a30 = a[from + 3 * row];
        float a31 = a[from + 3 * row + step];
        float[] s0 = sums[0];
        float[] s1 = sums[1];
        float[] s2 = sums[2];
        float[] s3 = sums[3];
        for (int j = 0; j < n; j++) {
            float x = b0[j];
            float y = b1[j];
            s0[j] = ScalarMath.fma(a01, y, ScalarMath.fma(a00, x, s0[j]));
            s1[j] = ScalarMath.fma(a11, y, ScalarMath.fma(a10, x, s1[j]));
            s2[j] = ScalarMath.fma(a21, y, ScalarMath.fma(a20, x, s2[j]));
            s3[j] = ScalarMath.fma(a31, y, ScalarMath.fma(a30, x, s3[j]));
        }
    }

    /** Four steps of the depth for one row. */
    private static void fourSteps(int n, float[] a, int from, int step, float[][] rows, int k, float[] sum) {
        float a0 = a[from];
        float a1 = a[from + step];
        float a2 = a[from + 2 * step];
        float a3 = a[from + 3 * step];
        float[] b0 = rows[k];
        float[] b1 = rows[k + 1];
        float[] b2 = rows[k + 2];
        float[] b3 = rows[k + 3];
        for (int j = 0; j < n; j++) {
            float s = ScalarMath.fma(a1, b1[j], ScalarMath.fma(a0, b0[j], sum[j]));
            sum[j] = ScalarMath.fma(a3, b3[j], ScalarMath.fma(a2, b2[j], s));
        }
    }

    private static void oneStep(int n, float a, float[] b, float[] sum) {
        for (int j = 0; j < n; j++) {
            sum[j] = ScalarMath.fma(a, b[j], sum[j]);
        }
    }

    /** As {@link io.nanogpt.impl.cpu.Kernels#pack}. */
    static void pack(
            int rows, int columns, float[] from, int fromOffset, int fromRow, float[] to, int toOffset, int width) {
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j += width) {
                System.arraycopy(
                        from,
                        fromOffset + i * fromRow + j,
                        to,
                        toOffset + j * rows + i * width,
                        Math.min(width, columns - j));
            }
        }
    }
}
