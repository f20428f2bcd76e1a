package io.nanogpt.impl.cpu;

import io.nanogpt.graph.Attributes;

/** Operations that read token ids: the id at a position or ids a few positions before it. */
// Operations are records for their constructors alone: they are never compared, and their arrays are shared on purpose.
@SuppressWarnings("ArrayRecordComponent")
final class EmbeddingOperations {
    private EmbeddingOperations() {}

    /**
     * The token id {@code shift} positions before a row, or {@code padding} before the start of the sequence.
     *
     * @throws IllegalArgumentException if it is not in the vocabulary
     */
    static int id(MicroBatch microBatch, int input, int row, int shift, int padding, int vocabulary) {
        int position = microBatch.past + row % microBatch.length;
        if (position < shift) {
            return padding;
        }
        int id = microBatch.inputs[input][microBatch.firstRow + row - shift];
        if (id < 0 || id >= vocabulary) {
            throw new IllegalArgumentException("token id " + id + " is not in the vocabulary of " + vocabulary);
        }
        return id;
    }

    /** Rows of a table, looked up by token id. */
    record Embedding(int input, Attributes.Embedding attributes, float[] values, int table, int out, int width)
            implements Operation {
        @Override
        public void run(MicroBatch microBatch, Worker worker) {
            for (int row = 0; row < microBatch.rows; row++) {
                int id = id(
                        microBatch, input, row, attributes.shift(), attributes.padding(), attributes.vocabularySize());
                if (id < 0) {
                    ElementwiseOperations.clear(microBatch.arena, out + row * width, width);
                } else {
                    System.arraycopy(values, table + id * width, microBatch.arena, out + row * width, width);
                }
            }
        }
    }

    /**
     * A linear layer on the one-hot vectors of the last tokens: the sum of a weight column per token, plus the bias.
     */
    record OneHotLinear(
            int input, Attributes.OneHot attributes, float[] values, int weight, int bias, int out, int width)
            implements Operation {
        @Override
        public void run(MicroBatch microBatch, Worker worker) {
            int vocabulary = attributes.vocabularySize();
            int columns = attributes.window() * vocabulary;
            for (int row = 0; row < microBatch.rows; row++) {
                int to = out + row * width;
                System.arraycopy(values, bias, microBatch.arena, to, width);
                for (int j = 0; j < attributes.window(); j++) {
                    int shift = attributes.window() - 1 - j;
                    int id = id(microBatch, input, row, shift, attributes.padding(), vocabulary);
                    if (id >= 0) {
                        addColumn(width, values, weight + j * vocabulary + id, columns, microBatch.arena, to);
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
}
