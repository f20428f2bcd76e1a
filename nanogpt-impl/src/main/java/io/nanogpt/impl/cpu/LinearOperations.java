package io.nanogpt.impl.cpu;

/** Matrix products with packed weights, and the gradient of their biases. */
// Operations are records for their constructors alone: they are never compared, and their arrays are shared on purpose.
@SuppressWarnings("ArrayRecordComponent")
final class LinearOperations {
    /** Columns of a part that a thread computes on its own, about. */
    private static final int PART_COLUMNS = 128;
    /**
     * The least number of multiply-adds to share with other threads when decoding: one thread reads a weight matrix of
     * 1 MB in about 50 microseconds, and waking the others takes a tenth of that.
     */
    private static final long SHARED_PRODUCTS = 1 << 18;
    /**
     * The least number of multiply-adds of a share: one thread computes them from its second-level cache in half a
     * microsecond, as long as a call of threads that are awake takes.
     */
    private static final int SHARE_PRODUCTS = 1 << 14;
    /**
     * Rows that are computed for all columns before the next rows: as many as {@link Panels} finds in the second-level
     * cache again for every panel, so that weights are read from memory once for all of them.
     */
    private static final int BLOCK_ROWS = 256;

    private LinearOperations() {}

    /**
     * A product with packed weights, {@code (rows, depth) x (depth, width)}, plus a bias and an addend. A negative
     * offset means that there is no bias or no addend.
     *
     * @param ends whether there is a row for each sequence, see {@link Ends}
     */
    record Linear(
            int x, int depth, Factor factor, float[] values, int bias, int addend, int out, int width, boolean ends)
            implements Operation {
        @Override
        public int parts(MicroBatch microBatch) {
            return ceilDiv(width, partColumns());
        }

        @Override
        public boolean isWorthSharing(MicroBatch microBatch) {
            return (long) rows(microBatch) * depth * width >= SHARED_PRODUCTS;
        }

        @Override
        public void run(MicroBatch microBatch, Worker worker) {
            columns(microBatch, worker, 0, width);
        }

        @Override
        public void run(MicroBatch microBatch, Worker worker, int part) {
            int from = part * partColumns();
            columns(microBatch, worker, from, Math.min(width, from + partColumns()));
        }

        @Override
        public int shares(MicroBatch microBatch, int threads) {
            long products = (long) rows(microBatch) * depth * width;
            return (int) Math.max(1, Math.min(Math.min(threads, panels()), products / SHARE_PRODUCTS));
        }

        @Override
        public void runShare(MicroBatch microBatch, Worker worker, int share, int shares) {
            int panel = factor.panelWidth();
            int from = share * panels() / shares * panel;
            int to = (share + 1) * panels() / shares * panel;
            columns(microBatch, worker, from, Math.min(width, to));
        }

        private int panels() {
            return ceilDiv(width, factor.panelWidth());
        }

        /** Columns of a part: whole panels, divided evenly, since the parts of a narrow product are few. */
        private int partColumns() {
            return ceilDiv(panels(), ceilDiv(width, PART_COLUMNS)) * factor.panelWidth();
        }

        private static int ceilDiv(int dividend, int divisor) {
            return (dividend + divisor - 1) / divisor;
        }

        /** Columns {@code begin} to {@code end - 1}; {@code begin} is the first column of a panel. */
        private void columns(MicroBatch microBatch, Worker worker, int begin, int end) {
            int rows = rows(microBatch);
            for (int first = 0; first < rows; first += BLOCK_ROWS) {
                block(microBatch.arena, worker, begin, end, first, Math.min(BLOCK_ROWS, rows - first));
            }
        }

        private int rows(MicroBatch microBatch) {
            return ends ? microBatch.decoding.count : microBatch.rows;
        }

        /** The same columns of {@code rows} rows from {@code first} on. */
        private void block(float[] arena, Worker worker, int begin, int end, int first, int rows) {
            Kernels kernels = worker.kernels;
            float[] zeros = worker.zeros;
            int to = out + first * width;
            float[] init = zeros;
            int initOffset = 0;
            int initRow = 0;
            if (addend >= 0) {
                init = arena;
                initOffset = addend + first * width;
                initRow = width;
                if (bias >= 0) {
                    for (int row = 0; row < rows; row++) {
                        int at = row * width + begin;
                        kernels.add(end - begin, arena, initOffset + at, values, bias + begin, arena, to + at);
                    }
                    initOffset = to;
                }
            } else if (bias >= 0) {
                init = values;
                initOffset = bias;
            }
            worker.a.set(arena, x + first * depth, depth);
            worker.init.set(init, initOffset, initRow, init == zeros ? 0 : 1);
            worker.c.set(arena, to, width);
            factor.multiply(worker, rows, depth, begin, end);
        }
    }

    /** Copies the last row of each sequence that is decoded: only after these are logits needed. */
    record Ends(int x, int out, int width) implements Operation {
        @Override
        public void run(MicroBatch microBatch, Worker worker) {
            Decoding decoding = microBatch.decoding;
            for (int sequence = 0; sequence < decoding.count; sequence++) {
                int from = x + (decoding.starts[sequence + 1] - 1) * width;
                System.arraycopy(microBatch.arena, from, microBatch.arena, out + sequence * width, width);
            }
        }
    }

    /** The part of a micro-batch of the gradient of a bias. */
    record SumRows(int x, int out, int width) implements Operation {
        @Override
        public void run(MicroBatch microBatch, Worker worker) {
            worker.kernels.sumRows(microBatch.rows, width, microBatch.arena, x, microBatch.arena, out);
        }
    }
}
