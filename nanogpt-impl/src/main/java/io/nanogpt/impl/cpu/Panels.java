package io.nanogpt.impl.cpu;

/**
 * Panels of 32-bit floats.
 *
 * @param values panels of {@code width} columns, {@code (panels, depth, width)}, from {@code offset} on
 */
// A record for its constructor alone: it is never compared, and its array is shared on purpose.
@SuppressWarnings("ArrayRecordComponent")
record Panels(float[] values, int offset, int width) implements Factor {
    /**
     * The greatest depth at which a single row is multiplied by two panels at a time. The captions model, whose weights
     * stay in a cache, decodes a sixth faster with pairs; wide models, whose weights are read from memory, a few
     * percent slower.
     */
    private static final int PAIR_DEPTH = 512;
    /**
     * Elements of the left operand that are multiplied by all panels before the next ones, about: 384 KiB, which a
     * second-level cache of 512 KiB holds. A sum continues from the slice before, so slices do not change it.
     */
    private static final int SLICE_ELEMENTS = 98_304;

    @Override
    public int panelWidth() {
        return width;
    }

    @Override
    public void multiply(Worker worker, int rows, int depth, int begin, int end) {
        Kernels kernels = worker.kernels;
        Matrix a = worker.a;
        float[] x = a.values();
        int xOffset = a.offset();
        float[] init = worker.init.values();
        int initOffset = worker.init.offset();
        int initRow = worker.init.row();
        int initStep = worker.init.step();
        float[] c = worker.c.values();
        int cOffset = worker.c.offset();
        int cRow = worker.c.row();
        int j = begin;
        for (; rows == 1 && depth <= PAIR_DEPTH && j + 2 * width <= end; j += 2 * width) {
            kernels.multiplyPair(
                    depth,
                    x,
                    xOffset,
                    values,
                    offset + j * depth,
                    init,
                    initOffset + j * initStep,
                    width * initStep,
                    c,
                    cOffset + j);
        }
        int slice = Math.max(1, SLICE_ELEMENTS / rows);
        for (int k = 0; k < depth; k += slice) {
            a.set(x, xOffset + k * a.step(), a.row(), a.step());
            for (int column = j; column < end; column += width) {
                worker.c.set(c, cOffset + column, cRow);
                if (k == 0) {
                    worker.init.set(init, initOffset + column * initStep, initRow);
                } else {
                    worker.init.set(c, cOffset + column, cRow);
                }
                kernels.multiply(
                        rows,
                        Math.min(width, end - column),
                        Math.min(slice, depth - k),
                        a,
                        worker.b.set(values, offset + column * depth + k * width, width),
                        worker.init,
                        worker.c);
            }
        }
    }
}
