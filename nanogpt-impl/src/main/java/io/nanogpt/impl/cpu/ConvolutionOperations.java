package io.nanogpt.impl.cpu;

import java.util.Arrays;

/** Depthwise convolutions over windows of embeddings and along a sequence, and their gradients. */
// Operations are records for their constructors alone: they are never compared, and their arrays are shared on purpose.
@SuppressWarnings("ArrayRecordComponent")
final class ConvolutionOperations {
    private ConvolutionOperations() {}

    /** For each feature, the weighted sum over the rows of a window, plus the bias. */
    record DepthwiseConv(int x, int window, float[] values, int weight, int bias, int out, int width)
            implements Operation {
        @Override
        public void run(MicroBatch microBatch, Worker worker) {
            float[] scratch = worker.scratch;
            float[] arena = microBatch.arena;
            transpose(values, weight, window, width, scratch);
            int term = window * width;
            for (int row = 0; row < microBatch.rows; row++) {
                int to = out + row * width;
                System.arraycopy(values, bias, arena, to, width);
                for (int j = 0; j < window; j++) {
                    int at = j * width;
                    worker.kernels.product(width, arena, x + row * window * width + at, scratch, at, scratch, term);
                    worker.kernels.add(width, arena, to, scratch, term, arena, to);
                }
            }
        }
    }

    /** Gradient of the convolution for its input. */
    record DepthwiseConvInputGradient(int dy, int window, float[] values, int weight, int out, int width)
            implements Operation {
        @Override
        public void run(MicroBatch microBatch, Worker worker) {
            float[] arena = microBatch.arena;
            transpose(values, weight, window, width, worker.scratch);
            for (int row = 0; row < microBatch.rows; row++) {
                for (int j = 0; j < window; j++) {
                    int to = out + (row * window + j) * width;
                    worker.kernels.product(width, arena, dy + row * width, worker.scratch, j * width, arena, to);
                }
            }
        }
    }

    /** The part of a micro-batch of the gradient of the weight. */
    record DepthwiseConvWeightGradient(int dy, int x, int window, int out, int width) implements Operation {
        @Override
        public void run(MicroBatch microBatch, Worker worker) {
            float[] scratch = worker.scratch;
            float[] arena = microBatch.arena;
            int term = window * width;
            Arrays.fill(scratch, 0, term, 0f);
            for (int row = 0; row < microBatch.rows; row++) {
                for (int j = 0; j < window; j++) {
                    int at = j * width;
                    worker.kernels.product(
                            width, arena, dy + row * width, arena, x + row * window * width + at, scratch, term);
                    worker.kernels.add(width, scratch, at, scratch, term, scratch, at);
                }
            }
            for (int j = 0; j < window; j++) {
                for (int e = 0; e < width; e++) {
                    arena[out + e * window + j] = scratch[j * width + e];
                }
            }
        }
    }

    /** Each row plus the weighted sum of the last rows of its sequence, its own included. */
    record CausalConv(int x, int size, float[] values, int weight, int out, int width) implements Operation {
        @Override
        public void run(MicroBatch microBatch, Worker worker) {
            float[] arena = microBatch.arena;
            for (int row = 0; row < microBatch.rows; row++) {
                int to = out + row * width;
                int rows = Math.min(size, row % microBatch.length + 1);
                System.arraycopy(arena, x + row * width, arena, to, width);
                for (int k = 0; k < rows; k++) {
                    int from = x + (row - k) * width;
                    worker.kernels.multiplyAdd(width, arena, from, values, weight + k * width, arena, to, arena, to);
                }
            }
        }
    }

    /**
     * {@link CausalConv} of new tokens of sequences, whose last rows are array {@code state} of their states, the newest
     * first.
     */
    record CarriedCausalConv(int x, int size, float[] values, int weight, int state, int out, int width)
            implements Operation {
        @Override
        public void run(MicroBatch microBatch, Worker worker) {
            Decoding decoding = microBatch.decoding;
            for (int sequence = 0; sequence < decoding.count; sequence++) {
                float[] before = decoding.states[sequence].array(state);
                for (int row = decoding.starts[sequence]; row < decoding.starts[sequence + 1]; row++) {
                    add(microBatch.arena, row, before, worker.kernels);
                }
            }
        }

        private void add(float[] arena, int row, float[] before, Kernels kernels) {
            int from = x + row * width;
            int to = out + row * width;
            System.arraycopy(arena, from, arena, to, width);
            kernels.multiplyAdd(width, arena, from, values, weight, arena, to, arena, to);
            for (int k = 1; k < size; k++) {
                kernels.multiplyAdd(width, before, (k - 1) * width, values, weight + k * width, arena, to, arena, to);
            }
            if (size > 1) {
                System.arraycopy(before, 0, before, width, before.length - width);
                System.arraycopy(arena, from, before, 0, width);
            }
        }
    }

    /** Gradient of {@link CausalConv} for its input: each row was read by the next rows of its sequence. */
    record CausalConvInputGradient(int dy, int size, float[] values, int weight, int out, int width)
            implements Operation {
        @Override
        public void run(MicroBatch microBatch, Worker worker) {
            float[] arena = microBatch.arena;
            for (int row = 0; row < microBatch.rows; row++) {
                int to = out + row * width;
                int rows = Math.min(size, microBatch.length - row % microBatch.length);
                System.arraycopy(arena, dy + row * width, arena, to, width);
                for (int k = 0; k < rows; k++) {
                    int from = dy + (row + k) * width;
                    worker.kernels.multiplyAdd(width, arena, from, values, weight + k * width, arena, to, arena, to);
                }
            }
        }
    }

    /** The part of a micro-batch of the gradient of the weight of {@link CausalConv}. */
    record CausalConvWeightGradient(int dy, int x, int size, int out, int width) implements Operation {
        @Override
        public void run(MicroBatch microBatch, Worker worker) {
            float[] arena = microBatch.arena;
            Arrays.fill(arena, out, out + size * width, 0f);
            for (int row = 0; row < microBatch.rows; row++) {
                int rows = Math.min(size, row % microBatch.length + 1);
                for (int k = 0; k < rows; k++) {
                    int to = out + k * width;
                    worker.kernels.multiplyAdd(
                            width, arena, dy + row * width, arena, x + (row - k) * width, arena, to, arena, to);
                }
            }
        }
    }

    /** Scratch memory of a convolution, in floats. */
    static int scratch(int window, int width) {
        return Math.multiplyExact(window + 1, width);
    }

    /** Transposes the weight (D, 1, k) to (k, D). */
    private static void transpose(float[] values, int weight, int window, int width, float[] out) {
        for (int j = 0; j < window; j++) {
            for (int e = 0; e < width; e++) {
                out[j * width + e] = values[weight + e * window + j];
            }
        }
    }
}
