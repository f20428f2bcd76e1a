package io.nanogpt.impl.cpu;

import io.nanogpt.spi.MatrixProducts;

/**
 * A weight that {@link MatrixProducts} multiply. A product is computed for all columns at once; initial values are added
 * to its sums.
 *
 * @param width columns of a product
 */
record NativeFactor(MatrixProducts.Weight weight, int width) implements Factor {
    @Override
    public int panelWidth() {
        return width;
    }

    @Override
    public void multiply(Worker worker, int rows, int depth, int begin, int end) {
        Matrix a = worker.a;
        Matrix c = worker.c;
        Matrix init = worker.init;
        if (begin != 0 || end != width || a.row() != depth || c.row() != width) {
            throw new IllegalStateException("a product of native code is one of whole rows, not of columns " + begin
                    + " to " + end + " of " + width);
        }
        if (init.step() == 0) {
            worker.calculator().multiply(rows, a.values(), a.offset(), weight, c.values(), c.offset());
            return;
        }
        // The initial values may be in c.
        float[] sums = worker.sums(rows * width);
        worker.calculator().multiply(rows, a.values(), a.offset(), weight, sums, 0);
        for (int row = 0; row < rows; row++) {
            worker.kernels.add(
                    width,
                    sums,
                    row * width,
                    init.values(),
                    init.offset() + row * init.row(),
                    c.values(),
                    c.offset() + row * width);
        }
    }
}
