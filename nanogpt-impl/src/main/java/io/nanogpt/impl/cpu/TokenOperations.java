package io.nanogpt.impl.cpu;

import io.nanogpt.graph.Attributes;
import java.util.Arrays;

/** What reads token ids, the current one or some before it, and the convolution over their embeddings. */
// Operations are records for their constructors alone: they are never compared, and their arrays are shared on purpose.
@SuppressWarnings("ArrayRecordComponent")
final class TokenOperations {
    private TokenOperations() {}

    /**
     * The id {@code shift} places before a row, or {@code padding} before the start.
     *
     * @throws IllegalArgumentException if it is not in the vocabulary
     */
    static int id(MicroBatch slice, int input, int row, int shift, int padding, int vocabulary) {
        int position = slice.past + row % slice.length;
        if (position < shift) {
            return padding;
        }
        int id = slice.inputs[input][slice.firstRow + row - shift];
        if (id < 0 || id >= vocabulary) {
            throw new IllegalArgumentException("token id " + id + " is not in the vocabulary of " + vocabulary);
        }
        return id;
    }

    /** Rows of a table in {@code values}. */
    record Embedding(int input, Attributes.Embedding attributes, float[] values, int table, int out, int width)
            implements Operation {
        @Override
        public void run(MicroBatch slice, Worker worker) {
            for (int row = 0; row < slice.rows; row++) {
                int id = id(slice, input, row, attributes.shift(), attributes.padding(), attributes.vocabularySize());
                if (id < 0) {
                    RowOperations.clear(slice.arena, out + row * width, width);
                } else {
                    System.arraycopy(values, table + id * width, slice.arena, out + row * width, width);
                }
            }
        }
    }

    /** The sum of the weight's columns that the last tokens select, on top of the bias. */
    record OneHotLinear(
            int input, Attributes.OneHot attributes, float[] values, int weight, int bias, int out, int width)
            implements Operation {
        @Override
        public void run(MicroBatch slice, Worker worker) {
            int vocabulary = attributes.vocabularySize();
            int columns = attributes.window() * vocabulary;
            for (int row = 0; row < slice.rows; row++) {
                int to = out + row * width;
                System.arraycopy(values, bias, slice.arena, to, width);
                for (int j = 0; j < attributes.window(); j++) {
                    int shift = attributes.window() - 1 - j;
                    int id = id(slice, input, row, shift, attributes.padding(), vocabulary);
                    if (id >= 0) {
                        addColumn(width, values, weight + j * vocabulary + id, columns, slice.arena, to);
                    }
                }
            }
        }
    }

    private static void addColumn(int n, float[] values, int from, int step, float[] out, int to) {
        for (int i = 0; i < n; i++) {
            out[to + i] += values[from + i * step];
        }
    }

    /** Each feature's weighted sum over the rows that lie side by side, on top of the bias. */
    record DepthwiseConv(int x, int window, float[] values, int weight, int bias, int out, int width)
            implements Operation {
        @Override
        public void run(MicroBatch slice, Worker worker) {
            float[] scratch = worker.scratch;
            float[] arena = slice.arena;
            byPlace(values, weight, window, width, scratch);
            int term = window * width;
            for (int row = 0; row < slice.rows; row++) {
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
        public void run(MicroBatch slice, Worker worker) {
            float[] arena = slice.arena;
            byPlace(values, weight, window, width, worker.scratch);
            for (int row = 0; row < slice.rows; row++) {
                for (int j = 0; j < window; j++) {
                    int to = out + (row * window + j) * width;
                    worker.kernels.product(width, arena, dy + row * width, worker.scratch, j * width, arena, to);
                }
            }
        }
    }

    /** A slice's part of the gradient of the convolution's weight. */
    record DepthwiseConvWeightGradient(int dy, int x, int window, int out, int width) implements Operation {
        @Override
        public void run(MicroBatch slice, Worker worker) {
            float[] scratch = worker.scratch;
            float[] arena = slice.arena;
            int term = window * width;
            Arrays.fill(scratch, 0, term, 0f);
            for (int row = 0; row < slice.rows; row++) {
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

    /** Scratch of a convolution, in floats. */
    static int convolutionScratch(int window, int width) {
        return Math.multiplyExact(window + 1, width);
    }

    /** The weight (D, 1, k) as (k, D). */
    private static void byPlace(float[] values, int weight, int window, int width, float[] out) {
        for (int j = 0; j < window; j++) {
            for (int e = 0; e < width; e++) {
                out[j * width + e] = values[weight + e * window + j];
            }
        }
    }
}
