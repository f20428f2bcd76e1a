package io.nanogpt.impl.cpu;

import io.nanogpt.spi.MatrixProducts;

/**
 * A weight that {@link MatrixProducts} multiply, part by part. Initial values are added to the sums.
 *
 * @param width columns of a product
 */
record NativeFactor(MatrixProducts.Weight weight, int width) implements Factor {
    @Override
    public int panelWidth() {
        return weight.partColumns();
    }

    @Override
    public void multiply(Worker worker, int rows, int depth, int begin, int end) {
        Matrix a = worker.a;
        Matrix c = worker.c;
        Matrix init = worker.init;
        if (a.row() != depth || c.row() != width) {
            throw new IllegalStateException("native code multiplies rows of " + depth + " into rows of " + width
                    + " that follow each other, but they are " + a.row() + " and " + c.row() + " apart");
        }
        int part = begin / panelWidth();
        int endPart = (end + panelWidth() - 1) / panelWidth();
        MatrixProducts.Calculator calculator = worker.calculator();
        if (init.step() == 0) {
            calculator.multiply(rows, a.values(), a.offset(), weight, part, endPart, c.values(), c.offset());
            return;
        }
        // The initial values may be in c.
        float[] sums = worker.sums(rows * width);
        calculator.multiply(rows, a.values(), a.offset(), weight, part, endPart, sums, 0);
        for (int row = 0; row < rows; row++) {
            worker.kernels.add(
                    end - begin,
                    sums,
                    row * width + begin,
                    init.values(),
                    init.offset() + row * init.row() + begin,
                    c.values(),
                    c.offset() + row * width + begin);
        }
    }
}
