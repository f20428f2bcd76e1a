package io.nanogpt.impl.cpu;

import io.nanogpt.graph.Attributes;
import io.nanogpt.impl.random.CounterRandom;
import java.util.Arrays;

/**
 * Operations that compute each element from the elements at the same index of their inputs: sums, products,
 * activations, dropout, copies. Offsets are indices in the arena of a micro-batch; {@code width} is the number of
 * features of a row.
 */
final class ElementwiseOperations {
    private ElementwiseOperations() {}

    /** The sum of two tensors. */
    record Add(int a, int b, int out, int width) implements Operation {
        @Override
        public void run(MicroBatch microBatch, Worker worker) {
            worker.kernels.add(
                    microBatch.rows * width, microBatch.arena, a, microBatch.arena, b, microBatch.arena, out);
        }
    }

    /** The product of two tensors, element by element. */
    record Multiply(int a, int b, int out, int width) implements Operation {
        @Override
        public void run(MicroBatch microBatch, Worker worker) {
            worker.kernels.product(
                    microBatch.rows * width, microBatch.arena, a, microBatch.arena, b, microBatch.arena, out);
        }
    }

    /** GELU; with {@code keepDerivative} the input is overwritten with the derivative. */
    record Gelu(int x, int out, int width, boolean keepDerivative) implements Operation {
        /** The least number of elements to share with other threads when decoding. */
        private static final int SHARED_ELEMENTS = 1 << 16;

        @Override
        public int parts(MicroBatch microBatch) {
            return microBatch.rowParts();
        }

        @Override
        public boolean isWorthSharing(MicroBatch microBatch) {
            return microBatch.rows > MicroBatch.PART_ROWS && microBatch.rows * width >= SHARED_ELEMENTS;
        }

        @Override
        public void run(MicroBatch microBatch, Worker worker) {
            rows(microBatch.arena, worker.kernels, 0, microBatch.rows);
        }

        @Override
        public void run(MicroBatch microBatch, Worker worker, int part) {
            int from = part * MicroBatch.PART_ROWS;
            rows(microBatch.arena, worker.kernels, from, Math.min(MicroBatch.PART_ROWS, microBatch.rows - from));
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

    /** Gradient of GELU, from the derivative that the forward pass kept, or else from the input. */
    record GeluGradient(int dy, int x, int out, int width, boolean derivativeKept) implements Operation {
        @Override
        public void run(MicroBatch microBatch, Worker worker) {
            float[] arena = microBatch.arena;
            if (derivativeKept) {
                worker.kernels.product(microBatch.rows * width, arena, dy, arena, x, arena, out);
                return;
            }
            for (int row = 0; row < microBatch.rows; row++) {
                System.arraycopy(arena, x + row * width, worker.scratch, 0, width);
                worker.kernels.geluWithDerivative(width, worker.scratch, 0, worker.scratch, width);
                worker.kernels.product(width, arena, dy + row * width, worker.scratch, 0, arena, out + row * width);
            }
        }
    }

    /** GELU in its tanh form. */
    record GeluTanh(int x, int out, int width) implements Operation {
        @Override
        public void run(MicroBatch microBatch, Worker worker) {
            worker.kernels.geluTanh(microBatch.rows * width, microBatch.arena, x, microBatch.arena, out);
        }
    }

    /** Gradient of GELU in its tanh form. */
    record GeluTanhGradient(int dy, int x, int out, int width) implements Operation {
        @Override
        public void run(MicroBatch microBatch, Worker worker) {
            worker.kernels.geluTanhGradient(
                    microBatch.rows * width, microBatch.arena, dy, microBatch.arena, x, microBatch.arena, out);
        }
    }

    /** {@code max(x, 0)}. */
    record Relu(int x, int out, int width) implements Operation {
        @Override
        public void run(MicroBatch microBatch, Worker worker) {
            worker.kernels.relu(microBatch.rows * width, microBatch.arena, x, microBatch.arena, out);
        }
    }

    /** Gradient of ReLU. */
    record ReluGradient(int dy, int x, int out, int width) implements Operation {
        @Override
        public void run(MicroBatch microBatch, Worker worker) {
            worker.kernels.reluGradient(
                    microBatch.rows * width, microBatch.arena, dy, microBatch.arena, x, microBatch.arena, out);
        }
    }

    /** {@code max(x, 0)^2}. */
    record ReluSquared(int x, int out, int width) implements Operation {
        @Override
        public void run(MicroBatch microBatch, Worker worker) {
            worker.kernels.reluSquared(microBatch.rows * width, microBatch.arena, x, microBatch.arena, out);
        }
    }

    /** Gradient of squared ReLU. */
    record ReluSquaredGradient(int dy, int x, int out, int width) implements Operation {
        @Override
        public void run(MicroBatch microBatch, Worker worker) {
            worker.kernels.reluSquaredGradient(
                    microBatch.rows * width, microBatch.arena, dy, microBatch.arena, x, microBatch.arena, out);
        }
    }

    /** {@code cap * tanh(x / cap)}. */
    record SoftCap(int x, float cap, int out, int width) implements Operation {
        @Override
        public void run(MicroBatch microBatch, Worker worker) {
            worker.kernels.softCap(microBatch.rows * width, cap, microBatch.arena, x, microBatch.arena, out);
        }
    }

    /** Gradient of the soft cap, from its output. */
    record SoftCapGradient(int dy, int y, float cap, int out, int width) implements Operation {
        @Override
        public void run(MicroBatch microBatch, Worker worker) {
            worker.kernels.softCapGradient(
                    microBatch.rows * width, cap, microBatch.arena, dy, microBatch.arena, y, microBatch.arena, out);
        }
    }

    /** A tensor times one number. */
    // The array is shared on purpose.
    @SuppressWarnings("ArrayRecordComponent")
    record Scale(int x, float[] values, int factor, int out, int width) implements Operation {
        @Override
        public void run(MicroBatch microBatch, Worker worker) {
            worker.kernels.scale(microBatch.rows * width, values[factor], microBatch.arena, x, microBatch.arena, out);
        }
    }

    /** A tensor times {@code size} numbers, which repeat over its features. */
    // The array is that of all parameters, shared on purpose.
    @SuppressWarnings("ArrayRecordComponent")
    record ScaleFeatures(int x, float[] values, int factor, int size, int out, int width) implements Operation {
        @Override
        public void run(MicroBatch microBatch, Worker worker) {
            float[] arena = microBatch.arena;
            int end = microBatch.rows * width;
            for (int at = 0; at < end; at += size) {
                worker.kernels.product(size, arena, x + at, values, factor, arena, out + at);
            }
        }
    }

    /** The part of a micro-batch of the gradient of numbers that repeat over the features. */
    record ScaleFeaturesGradient(int dy, int x, int size, int out, int width) implements Operation {
        @Override
        public void run(MicroBatch microBatch, Worker worker) {
            float[] arena = microBatch.arena;
            clear(arena, out, size);
            int end = microBatch.rows * width;
            for (int at = 0; at < end; at += size) {
                worker.kernels.multiplyAdd(size, arena, dy + at, arena, x + at, arena, out, arena, out);
            }
        }
    }

    /** The part of a micro-batch of the gradient of the factor. */
    record ScaleFactorGradient(int dy, int x, int out, int width) implements Operation {
        @Override
        public void run(MicroBatch microBatch, Worker worker) {
            double sum = 0;
            for (int row = 0; row < microBatch.rows; row++) {
                int at = row * width;
                sum += worker.kernels.dot(width, microBatch.arena, dy + at, microBatch.arena, x + at);
            }
            microBatch.arena[out] = (float) sum;
        }
    }

    /** SiLU. */
    record Silu(int x, int out, int width) implements Operation {
        @Override
        public void run(MicroBatch microBatch, Worker worker) {
            worker.kernels.silu(microBatch.rows * width, microBatch.arena, x, microBatch.arena, out);
        }
    }

    /** Gradient of SiLU. */
    record SiluGradient(int dy, int x, int out, int width) implements Operation {
        @Override
        public void run(MicroBatch microBatch, Worker worker) {
            worker.kernels.siluGradient(
                    microBatch.rows * width, microBatch.arena, dy, microBatch.arena, x, microBatch.arena, out);
        }
    }

    /** Inverted dropout, and its gradient: the mask is a function of the key, the stream and the element. */
    record Dropout(int x, Attributes.Dropout attributes, int out, int width) implements Operation {
        @Override
        public void run(MicroBatch microBatch, Worker worker) {
            long key = CounterRandom.key(microBatch.randomKey, attributes.stream());
            long threshold = (long) (attributes.rate() * 0x1.0p32);
            float scale = 1 / (1 - attributes.rate());
            float[] arena = microBatch.arena;
            long first = (long) microBatch.firstRow * width;
            int n = microBatch.rows * width;
            for (int i = 0; i < n; i++) {
                // Each draw of 64 bits decides two elements.
                long bits = CounterRandom.bits(key, (first + i) >> 1);
                long draw = ((first + i) & 1) == 0 ? bits & 0xFFFFFFFFL : bits >>> 32;
                arena[out + i] = draw < threshold ? 0f : arena[x + i] * scale;
            }
        }
    }

    /** Copies {@code size} columns; rows are {@code fromRow} and {@code toRow} floats apart. */
    record CopyColumns(int size, int from, int fromRow, int to, int toRow) implements Operation {
        @Override
        public void run(MicroBatch microBatch, Worker worker) {
            for (int row = 0; row < microBatch.rows; row++) {
                System.arraycopy(microBatch.arena, from + row * fromRow, microBatch.arena, to + row * toRow, size);
            }
        }
    }

    /** Fills a part of an array with zeros. */
    static void clear(float[] arena, int from, int length) {
        Arrays.fill(arena, from, from + length, 0f);
    }
}
