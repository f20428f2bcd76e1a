package io.nanogpt.impl.cpu;

import io.nanogpt.graph.Attributes;
import io.nanogpt.impl.random.CounterRandom;
import java.util.Arrays;

/**
 * The operations whose rows do not look at each other. Offsets are places in a slice's arena, {@code width} is the
 * number of features.
 */
// Operations are records for their constructors alone: they are never compared, and their arrays are shared on purpose.
@SuppressWarnings("ArrayRecordComponent")
final class RowOperations {
    /** Columns of a part of a product: a multiple of every panel width. */
    private static final int PART_COLUMNS = 128;
    /**
     * Longest panels of which a single row reads two at a time: the captions model, whose weights lie in a cache, decodes
     * a sixth faster. Those of wide models come from memory, which one stream fills, and two took a few percent longer.
     */
    private static final int PAIR_DEPTH = 512;
    /**
     * Multiply-adds that several threads decode faster than one: a weight matrix of 1 MB takes one thread about 50
     * microseconds to read, and others a tenth of that to be told.
     */
    private static final long SHARED_PRODUCTS = 1 << 18;
    /**
     * Rows that a product computes for all its columns before it goes on: what they read and write then stays in the
     * second-level cache, also where rows lie powers of two apart.
     */
    private static final int BLOCK_ROWS = 128;
    /** Rows of a part of an operation whose rows cost much. */
    private static final int PART_ROWS = 16;

    private RowOperations() {}

    private static int rowParts(MicroBatch slice) {
        return (slice.rows + PART_ROWS - 1) / PART_ROWS;
    }

    /** Adds a table's row for each position. */
    record AddPositions(int x, float[] values, int table, int out, int width) implements Operation {
        @Override
        public void run(MicroBatch slice, Worker worker) {
            for (int row = 0; row < slice.rows; row++) {
                int position = slice.past + row % slice.length;
                worker.kernels.add(
                        width,
                        slice.arena,
                        x + row * width,
                        values,
                        table + position * width,
                        slice.arena,
                        out + row * width);
            }
        }
    }

    /**
     * A product with packed panels, {@code (rows, depth) x (depth, width)}, on top of a bias and an addend, either of
     * which is absent where its place is negative.
     */
    record Linear(
            int x,
            int depth,
            float[] panels,
            float[] values,
            int bias,
            int addend,
            int out,
            int width,
            boolean lastRowOnly)
            implements Operation {
        @Override
        public int parts(MicroBatch slice) {
            return (width + PART_COLUMNS - 1) / PART_COLUMNS;
        }

        @Override
        public boolean isWorthSharing(MicroBatch slice) {
            int rows = lastRowOnly ? 1 : slice.rows;
            return (long) rows * depth * width >= SHARED_PRODUCTS;
        }

        @Override
        public void run(MicroBatch slice, Worker worker) {
            columns(slice, worker.kernels, worker.zeros, 0, width);
        }

        @Override
        public void run(MicroBatch slice, Worker worker, int part) {
            int from = part * PART_COLUMNS;
            columns(slice, worker.kernels, worker.zeros, from, Math.min(width, from + PART_COLUMNS));
        }

        /** Columns {@code begin} to {@code end - 1}; {@code begin} begins a panel. */
        private void columns(MicroBatch slice, Kernels kernels, float[] zeros, int begin, int end) {
            for (int first = lastRowOnly ? slice.rows - 1 : 0; first < slice.rows; first += BLOCK_ROWS) {
                block(slice.arena, kernels, zeros, begin, end, first, Math.min(BLOCK_ROWS, slice.rows - first));
            }
        }

        /** The same columns of {@code rows} rows from {@code first} on. */
        private void block(float[] arena, Kernels kernels, float[] zeros, int begin, int end, int first, int rows) {
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
            int panel = kernels.panelWidth();
            boolean zero = init == zeros;
            int j = begin;
            for (; rows == 1 && depth <= PAIR_DEPTH && j + 2 * panel <= end; j += 2 * panel) {
                kernels.multiplyPair(
                        depth,
                        arena,
                        x + first * depth,
                        panels,
                        j * depth,
                        init,
                        zero ? 0 : initOffset + j,
                        zero ? 0 : panel,
                        arena,
                        to + j);
            }
            for (; j < end; j += panel) {
                kernels.multiply(
                        rows,
                        Math.min(panel, end - j),
                        depth,
                        arena,
                        x + first * depth,
                        depth,
                        1,
                        panels,
                        j * depth,
                        panel,
                        init,
                        zero ? 0 : initOffset + j,
                        initRow,
                        arena,
                        to + j,
                        width);
            }
        }
    }

    /** The sum of two tensors. */
    record Add(int a, int b, int out, int width) implements Operation {
        @Override
        public void run(MicroBatch slice, Worker worker) {
            worker.kernels.add(slice.rows * width, slice.arena, a, slice.arena, b, slice.arena, out);
        }
    }

    /** Layer normalisation. */
    record LayerNorm(int x, float[] values, int weight, int bias, float epsilon, int out, int width)
            implements Operation {
        @Override
        public void run(MicroBatch slice, Worker worker) {
            worker.kernels.layerNorm(
                    slice.rows, width, epsilon, slice.arena, x, values, weight, values, bias, slice.arena, out);
        }
    }

    /** Gradient of layer normalisation for its input, on top of an addend, absent where its place is negative. */
    record LayerNormInputGradient(
            int dy, int x, float[] values, int weight, float epsilon, int addend, int out, int width)
            implements Operation {
        @Override
        public void run(MicroBatch slice, Worker worker) {
            boolean plain = addend < 0;
            worker.kernels.layerNormInputGradient(
                    slice.rows,
                    width,
                    epsilon,
                    slice.arena,
                    dy,
                    slice.arena,
                    x,
                    values,
                    weight,
                    plain ? worker.zeros : slice.arena,
                    plain ? 0 : addend,
                    plain ? 0 : width,
                    slice.arena,
                    out);
        }
    }

    /** A slice's part of a norm weight's gradient. */
    record LayerNormWeightGradient(int dy, int x, float epsilon, int out, int width) implements Operation {
        @Override
        public void run(MicroBatch slice, Worker worker) {
            worker.kernels.layerNormWeightGradient(
                    slice.rows, width, epsilon, slice.arena, dy, slice.arena, x, slice.arena, out);
        }
    }

    /** A slice's part of a bias' gradient. */
    record SumRows(int x, int out, int width) implements Operation {
        @Override
        public void run(MicroBatch slice, Worker worker) {
            worker.kernels.sumRows(slice.rows, width, slice.arena, x, slice.arena, out);
        }
    }

    /** GELU; with {@code keepDerivative} its input is overwritten by the derivative. */
    record Gelu(int x, int out, int width, boolean keepDerivative) implements Operation {
        @Override
        public int parts(MicroBatch slice) {
            return rowParts(slice);
        }

        @Override
        public void run(MicroBatch slice, Worker worker) {
            rows(slice.arena, worker.kernels, 0, slice.rows);
        }

        @Override
        public void run(MicroBatch slice, Worker worker, int part) {
            int from = part * PART_ROWS;
            rows(slice.arena, worker.kernels, from, Math.min(PART_ROWS, slice.rows - from));
        }

        private void rows(float[] arena, Kernels kernels, int from, int count) {
            int at = from * width;
            if (keepDerivative) {
                kernels.geluWithDerivative(count * width, arena, x + at, arena, out + at);
            } else {
                kernels.gelu(count * width, arena, x + at, arena, out + at);
            }
        }
    }

    /** Gradient of GELU, from the derivative that the forward pass left or, without it, from the input. */
    record GeluGradient(int dy, int x, int out, int width, boolean derivativeKept) implements Operation {
        @Override
        public void run(MicroBatch slice, Worker worker) {
            float[] arena = slice.arena;
            if (derivativeKept) {
                worker.kernels.product(slice.rows * width, arena, dy, arena, x, arena, out);
                return;
            }
            for (int row = 0; row < slice.rows; row++) {
                System.arraycopy(arena, x + row * width, worker.scratch, 0, width);
                worker.kernels.geluWithDerivative(width, worker.scratch, 0, worker.scratch, width);
                worker.kernels.product(width, arena, dy + row * width, worker.scratch, 0, arena, out + row * width);
            }
        }
    }

    /** {@code max(x, 0)}. */
    record Relu(int x, int out, int width) implements Operation {
        @Override
        public void run(MicroBatch slice, Worker worker) {
            worker.kernels.relu(slice.rows * width, slice.arena, x, slice.arena, out);
        }
    }

    /** Gradient of ReLU. */
    record ReluGradient(int dy, int x, int out, int width) implements Operation {
        @Override
        public void run(MicroBatch slice, Worker worker) {
            worker.kernels.reluGradient(slice.rows * width, slice.arena, dy, slice.arena, x, slice.arena, out);
        }
    }

    /** Inverted dropout, and its gradient: the mask is a function of the key, the stream and the element. */
    record Dropout(int x, Attributes.Dropout attributes, int out, int width) implements Operation {
        @Override
        public void run(MicroBatch slice, Worker worker) {
            long key = CounterRandom.key(slice.randomKey, attributes.stream());
            long threshold = (long) (attributes.rate() * 0x1.0p32);
            float scale = 1 / (1 - attributes.rate());
            float[] arena = slice.arena;
            long first = (long) slice.firstRow * width;
            int n = slice.rows * width;
            for (int i = 0; i < n; i++) {
                // Each draw of 64 bits decides two elements.
                long bits = CounterRandom.bits(key, (first + i) >> 1);
                long draw = ((first + i) & 1) == 0 ? bits & 0xFFFFFFFFL : bits >>> 32;
                arena[out + i] = draw < threshold ? 0f : arena[x + i] * scale;
            }
        }
    }

    /** Cross entropy. */
    record CrossEntropy(int logits, int targets, int width) implements Operation {
        @Override
        public void run(MicroBatch slice, Worker worker) {
            double loss = 0;
            for (int row = 0; row < slice.rows; row++) {
                int target = target(slice, targets, row, width);
                if (target < 0) {
                    continue;
                }
                int from = logits + row * width;
                loss += worker.kernels.logSumExp(width, slice.arena, from) - slice.arena[from + target];
            }
            slice.loss = loss;
        }
    }

    /** Gradient of the mean cross entropy over the rows that count. */
    record CrossEntropyGradient(int logits, int targets, int out, int width) implements Operation {
        @Override
        public int parts(MicroBatch slice) {
            return rowParts(slice);
        }

        @Override
        public void run(MicroBatch slice, Worker worker) {
            rows(slice, worker.kernels, 0, slice.rows);
        }

        @Override
        public void run(MicroBatch slice, Worker worker, int part) {
            int from = part * PART_ROWS;
            rows(slice, worker.kernels, from, Math.min(slice.rows, from + PART_ROWS));
        }

        private void rows(MicroBatch slice, Kernels kernels, int from, int to) {
            float[] arena = slice.arena;
            if (out != logits) {
                System.arraycopy(arena, logits + from * width, arena, out + from * width, (to - from) * width);
            }
            float share = 1f / slice.countedRows;
            for (int row = from; row < to; row++) {
                int at = out + row * width;
                int target = target(slice, targets, row, width);
                if (target < 0) {
                    clear(arena, at, width);
                    continue;
                }
                kernels.softmax(1, width, width, width, 1f, arena, at);
                arena[at + target] -= 1f;
                kernels.scale(width, share, arena, at, arena, at);
            }
        }
    }

    /** The id that should come next; -1 where the row does not count. */
    private static int target(MicroBatch slice, int targets, int row, int vocabulary) {
        int target = slice.inputs[targets][slice.firstRow + row];
        if (target < -1 || target >= vocabulary) {
            throw new IllegalArgumentException("target id " + target + " is not in the vocabulary of " + vocabulary
                    + ", nor -1 for a row that does not count");
        }
        return target;
    }

    /** Zeros a part of an arena. */
    static void clear(float[] arena, int from, int length) {
        Arrays.fill(arena, from, from + length, 0f);
    }
}
