package io.nanogpt.impl.cpu.scalar;

import io.nanogpt.impl.cpu.Matrix;
import io.nanogpt.model.WeightPrecision;

/**
 * The matrix product in panels of {@value #PANEL} columns. Rows of {@code b} and sums are copied into a {@link RowBlock}, whose
 * loops C2 vectorises.
 */
final class MatrixProduct {
    /** Columns of a panel. */
    static final int PANEL = RowBlock.COLUMNS;

    private final RowBlock block = new RowBlock();
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
        int row = RoundedPanels.PANEL * RoundedPanels.bits(precision) / Integer.SIZE;
        int most = RowBlock.depth(RoundedPanels.PANEL);
        block.load(0, RoundedPanels.PANEL, init, initOffset);
        for (int k = 0; k < depth; k += most) {
            int steps = Math.min(most, depth - k);
            for (int r = 0; r < steps; r++) {
                RoundedPanels.expandRow(precision, b, bOffset + (k + r) * row, block.row(r), block.first());
            }
            block.addOne(RoundedPanels.PANEL, steps, a, aOffset + k, 1);
        }
        block.store(0, RoundedPanels.PANEL, c, cOffset);
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
            int most = RowBlock.depth(width);
            for (int k = 0; k < depth; k += most) {
                int steps = Math.min(most, depth - k);
                for (int r = 0; r < steps; r++) {
                    System.arraycopy(b, bOffset + (k + r) * bStep + j, block.row(r), block.first(), width);
                }
                float[] from = k == 0 ? init : c;
                int fromOffset = (k == 0 ? initOffset : cOffset) + j;
                int fromRow = k == 0 ? initRow : cRow;
                int i = 0;
                for (; i + RowBlock.SUMS <= rowCount; i += RowBlock.SUMS) {
                    for (int r = 0; r < RowBlock.SUMS; r++) {
                        block.load(r, width, from, fromOffset + (i + r) * fromRow);
                    }
                    block.addThree(width, steps, a, aOffset + i * aRow + k * aStep, aRow, aStep);
                    for (int r = 0; r < RowBlock.SUMS; r++) {
                        block.store(r, width, c, cOffset + (i + r) * cRow + j);
                    }
                }
                for (; i < rowCount; i++) {
                    block.load(0, width, from, fromOffset + i * fromRow);
                    block.addOne(width, steps, a, aOffset + i * aRow + k * aStep, aStep);
                    block.store(0, width, c, cOffset + i * cRow + j);
                }
            }
        }
    }

    /** As {@link io.nanogpt.impl.cpu.Kernels#pack}. One panel after another, so that its rows are written in order. */
    static void pack(
            int rows, int columns, float[] from, int fromOffset, int fromRow, float[] to, int toOffset, int width) {
        for (int j = 0; j < columns; j += width) {
            int count = Math.min(width, columns - j);
            for (int i = 0; i < rows; i++) {
                System.arraycopy(from, fromOffset + i * fromRow + j, to, toOffset + j * rows + i * width, count);
            }
        }
    }
}
