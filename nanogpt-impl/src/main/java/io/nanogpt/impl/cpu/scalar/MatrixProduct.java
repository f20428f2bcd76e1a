package io.nanogpt.impl.cpu.scalar;

import io.nanogpt.impl.cpu.Matrix;

/**
 * The matrix product in panels of {@value #PANEL} columns: eight rows of {@code b} are copied into arrays of their own,
 * so that the loop index alone is the subscript and C2 vectorises the loop.
 */
final class MatrixProduct {
    /** Columns of a panel. */
    static final int PANEL = 128;

    private static final int DEPTH_BLOCK = 8;

    private final float[][] rows = new float[DEPTH_BLOCK][PANEL];
    private final float[] sum = new float[PANEL];

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
            if (init != c || initOffset != cOffset) {
                for (int i = 0; i < rowCount; i++) {
                    System.arraycopy(init, initOffset + i * initRow + j, c, cOffset + i * cRow + j, width);
                }
            }
            for (int k = 0; k < depth; k += DEPTH_BLOCK) {
                int block = Math.min(DEPTH_BLOCK, depth - k);
                for (int r = 0; r < block; r++) {
                    System.arraycopy(b, bOffset + (k + r) * bStep + j, rows[r], 0, width);
                }
                for (int i = 0; i < rowCount; i++) {
                    int from = aOffset + i * aRow + k * aStep;
                    int to = cOffset + i * cRow + j;
                    System.arraycopy(c, to, sum, 0, width);
                    if (block == DEPTH_BLOCK) {
                        eight(width, a, from, aStep, rows, sum);
                    } else {
                        for (int r = 0; r < block; r++) {
                            one(width, a[from + r * aStep], rows[r], sum);
                        }
                    }
                    System.arraycopy(sum, 0, c, to, width);
                }
            }
        }
    }

    private static void one(int n, float a, float[] b, float[] sum) {
        for (int j = 0; j < n; j++) {
            sum[j] = ScalarMath.fma(a, b[j], sum[j]);
        }
    }

    /** Eight steps of the depth at once, so that each sum is loaded and stored once for eight of them. */
    private static void eight(int n, float[] a, int from, int step, float[][] rows, float[] sum) {
        float a0 = a[from];
        float a1 = a[from + step];
        float a2 = a[from + 2 * step];
        float a3 = a[from + 3 * step];
        float a4 = a[from + 4 * step];
        float a5 = a[from + 5 * step];
        float a6 = a[from + 6 * step];
        float a7 = a[from + 7 * step];
        float[] b0 = rows[0];
        float[] b1 = rows[1];
        float[] b2 = rows[2];
        float[] b3 = rows[3];
        float[] b4 = rows[4];
        float[] b5 = rows[5];
        float[] b6 = rows[6];
        float[] b7 = rows[7];
        for (int j = 0; j < n; j++) {
            float s = ScalarMath.fma(a0, b0[j], sum[j]);
            s = ScalarMath.fma(a1, b1[j], s);
            s = ScalarMath.fma(a2, b2[j], s);
            s = ScalarMath.fma(a3, b3[j], s);
            s = ScalarMath.fma(a4, b4[j], s);
            s = ScalarMath.fma(a5, b5[j], s);
            s = ScalarMath.fma(a6, b6[j], s);
            sum[j] = ScalarMath.fma(a7, b7[j], s);
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
