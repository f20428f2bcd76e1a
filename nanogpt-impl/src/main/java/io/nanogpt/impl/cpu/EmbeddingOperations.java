package io.nanogpt.impl.cpu;

import io.nanogpt.graph.Attributes;
import io.nanogpt.impl.graph.NgramHash;

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
        if (microBatch.position(row) < shift) {
            return padding;
        }
        int id = microBatch.inputs[input][microBatch.index(row) - shift];
        if (id < 0 || id >= vocabulary) {
            throw new IllegalArgumentException("token id " + id + " is not in the vocabulary of " + vocabulary);
        }
        return id;
    }

    /**
     * The row of a table for a row of the micro-batch, by its token or by the n-gram that ends with it; negative for
     * zeros.
     *
     * @throws IllegalArgumentException if a token id is not in the vocabulary
     */
    static int tableRow(MicroBatch microBatch, int input, int row, Attributes.Embedding attributes) {
        int vocabulary = attributes.vocabularySize();
        int padding = attributes.padding();
        int id = id(microBatch, input, row, attributes.shift(), padding, vocabulary);
        if (attributes.order() == 1) {
            return id;
        }
        long hash = NgramHash.pair(id, id(microBatch, input, row, 1, padding, vocabulary), vocabulary);
        for (int k = 2; k < attributes.order(); k++) {
            hash = NgramHash.next(hash, id(microBatch, input, row, k, padding, vocabulary), k);
        }
        return (int) (hash % attributes.rows());
    }

    /** The rows of a table. */
    interface Rows {
        /** Copies out a row. */
        void readRow(int row, float[] to, int toOffset);
    }

    /** Rows of 32-bit floats, of which the first begins at {@code table}. */
    record FloatRows(float[] values, int table, int width) implements Rows {
        @Override
        public void readRow(int row, float[] to, int toOffset) {
            System.arraycopy(values, table + row * width, to, toOffset, width);
        }
    }

    /** Rows of a table, looked up by token id or n-gram, plus an addend where there is one. */
    record Embedding(int input, Attributes.Embedding attributes, Rows table, int addend, int out, int width)
            implements Operation {
        @Override
        public void run(MicroBatch microBatch, Worker worker) {
            float[] arena = microBatch.arena;
            for (int row = 0; row < microBatch.rows; row++) {
                int from = tableRow(microBatch, input, row, attributes);
                int to = out + row * width;
                if (from >= 0) {
                    table.readRow(from, arena, to);
                    if (addend >= 0) {
                        worker.kernels.add(width, arena, addend + row * width, arena, to, arena, to);
                    }
                } else if (addend >= 0) {
                    System.arraycopy(arena, addend + row * width, arena, to, width);
                } else {
                    ElementwiseOperations.clear(arena, to, width);
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
