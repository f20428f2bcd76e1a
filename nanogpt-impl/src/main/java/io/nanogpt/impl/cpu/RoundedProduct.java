package io.nanogpt.impl.cpu;

import io.nanogpt.model.WeightPrecision;

/**
 * Products with a {@link RoundedWeight} on one thread, and their memory. A single row expands the weights in registers;
 * several rows are multiplied with weights that are expanded before, block by block of the depth. Either way an element is the
 * same chain of multiply-adds.
 */
final class RoundedProduct {
    /** Rows of a panel that are expanded at a time: they stay in the first-level cache for all rows of the product. */
    private static final int DEPTH_BLOCK = 64;

    private final Worker worker;
    private final Kernels kernels;
    private final int width;
    private final int expandedWidth;
    private final float[] expanded;
    private final float[] zeros;
    /** A row of {@link #width} sums for each row of a product. */
    private float[] sums;

    private float[] a;
    private int aOffset;
    private int aRow;
    private float[] init;
    private int initOffset;
    private int initRow;
    private int initStep;
    private float[] c;
    private int cOffset;
    private int cRow;
    private int rows;
    private int depth;

    RoundedProduct(Worker worker) {
        this.worker = worker;
        kernels = worker.kernels;
        width = kernels.roundedPanelWidth();
        expandedWidth = kernels.expandedWidth();
        expanded = new float[DEPTH_BLOCK * width];
        zeros = new float[width];
        sums = new float[width];
        a = zeros;
        init = zeros;
        c = zeros;
    }

    /** Takes the operands of the worker, which the product replaces. */
    void begin(int rowCount, int steps) {
        rows = rowCount;
        depth = steps;
        a = worker.a.values();
        aOffset = worker.a.offset();
        aRow = worker.a.row();
        initStep = worker.init.step();
        init = initStep == 0 ? zeros : worker.init.values();
        initOffset = initStep == 0 ? 0 : worker.init.offset();
        initRow = initStep == 0 ? 0 : worker.init.row();
        c = worker.c.values();
        cOffset = worker.c.offset();
        cRow = worker.c.row();
        if (sums.length < rows * width) {
            sums = new float[rows * width];
        }
    }

    private int initAt(int row, int column) {
        return initOffset + row * initRow + column * initStep;
    }

    private int cAt(int row, int column) {
        return cOffset + row * cRow + column;
    }

    /** The first {@code count} columns of a panel, which begins with {@code column}, for one row after another. */
    void rowByRow(RoundedWeight weight, int column, int count) {
        for (int row = 0; row < rows; row++) {
            if (weight.precision() == WeightPrecision.INT8) {
                multiply(weight, column, row, zeros, 0, sums, row * width);
            } else if (count == width) {
                multiply(weight, column, row, init, initAt(row, column), c, cAt(row, column));
            } else {
                System.arraycopy(init, initAt(row, column), sums, 0, count);
                multiply(weight, column, row, sums, 0, sums, 0);
                System.arraycopy(sums, 0, c, cAt(row, column), count);
            }
        }
        finish(weight, column, count);
    }

    private void multiply(RoundedWeight weight, int column, int row, float[] from, int at, float[] to, int out) {
        kernels.multiplyRounded(
                weight.precision(),
                depth,
                a,
                aOffset + row * aRow,
                weight.panels(),
                weight.panel(column, 0),
                from,
                at,
                to,
                out);
    }

    /** As {@link #rowByRow}, for all rows at once. */
    void expanded(RoundedWeight weight, int column, int count) {
        boolean scaled = weight.precision() == WeightPrecision.INT8;
        for (int k = 0; k < depth; k += DEPTH_BLOCK) {
            int block = Math.min(DEPTH_BLOCK, depth - k);
            kernels.expand(weight.precision(), block, weight.panels(), weight.panel(column, k), expanded);
            worker.a.set(a, aOffset + k, aRow);
            for (int j = 0; j < count; j += expandedWidth) {
                if (scaled) {
                    worker.c.set(sums, j, width);
                } else {
                    worker.c.set(c, cAt(0, column + j), cRow);
                }
                if (k > 0) {
                    worker.init.set(worker.c.values(), worker.c.offset(), worker.c.row());
                } else if (scaled) {
                    worker.init.set(zeros, 0, 0);
                } else {
                    worker.init.set(init, initAt(0, column + j), initRow);
                }
                int columns = Math.min(expandedWidth, count - j);
                kernels.multiply(
                        rows,
                        columns,
                        block,
                        worker.a,
                        worker.b.set(expanded, j * block, expandedWidth),
                        worker.init,
                        worker.c);
            }
        }
        finish(weight, column, count);
    }

    /** Multiplies sums by their factors, and adds the initial values. */
    private void finish(RoundedWeight weight, int column, int count) {
        if (weight.precision() == WeightPrecision.INT8) {
            for (int row = 0; row < rows; row++) {
                kernels.multiplyAdd(
                        count,
                        sums,
                        row * width,
                        weight.factors(),
                        column,
                        init,
                        initAt(row, column),
                        c,
                        cAt(row, column));
            }
        }
    }
}
