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

    @Override
    public int panelWidth() {
        return width;
    }

    @Override
    public void multiply(Worker worker, int rows, int depth, int begin, int end) {
        Kernels kernels = worker.kernels;
        Matrix a = worker.a;
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
                    a.values(),
                    a.offset(),
                    values,
                    offset + j * depth,
                    init,
                    initOffset + j * initStep,
                    width * initStep,
                    c,
                    cOffset + j);
        }
        for (; j < end; j += width) {
            kernels.multiply(
                    rows,
                    Math.min(width, end - j),
                    depth,
                    a,
                    worker.b.set(values, offset + j * depth, width),
                    worker.init.set(init, initOffset + j * initStep, initRow),
                    worker.c.set(c, cOffset + j, cRow));
        }
    }
}
