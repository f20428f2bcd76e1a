package io.nanogpt.impl.cpu;

import io.nanogpt.graph.Attributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Gradients of the parameters that token ids select from. A task owns some rows of a parameter and walks all slices in
 * their order.
 */
// Operations are records for their constructors alone: they are never compared, and their arrays are shared on purpose.
@SuppressWarnings("ArrayRecordComponent")
final class EmbeddingGradientTasks {
    /** Rows of a table that a task owns: enough that walking the ids costs little beside clearing the rows. */
    private static final int TABLE_ROWS = 8192;
    /** Rows of a one-hot weight that a task owns: a cache line of gradients for each token. */
    private static final int WEIGHT_ROWS = 64;

    private EmbeddingGradientTasks() {}

    /** The tasks of an embedding's table. */
    static List<WeightGradientTask> embedding(
            int input, int dy, Attributes.Embedding attributes, int width, Gradient gradient) {
        List<WeightGradientTask> tasks = new ArrayList<>();
        for (int from = 0; from < attributes.vocabularySize(); from += TABLE_ROWS) {
            int to = Math.min(attributes.vocabularySize(), from + TABLE_ROWS);
            tasks.add(new Embedding(input, dy, attributes, from, to, width, gradient));
        }
        return tasks;
    }

    /** The tasks of a one-hot linear layer's weight. */
    static List<WeightGradientTask> oneHot(
            int input, int dy, Attributes.OneHot attributes, int width, Gradient gradient) {
        List<WeightGradientTask> tasks = new ArrayList<>();
        for (int from = 0; from < width; from += WEIGHT_ROWS) {
            tasks.add(new OneHot(input, dy, attributes, from, Math.min(width, from + WEIGHT_ROWS), width, gradient));
        }
        return tasks;
    }

    /**
     * Where a gradient goes.
     *
     * @param values all gradients
     * @param offset the parameter's place
     * @param first whether no other task has written to it
     */
    record Gradient(float[] values, int offset, boolean first) {}

    /** Rows of gradients added to the table rows {@code from} to {@code to - 1} that were looked up. */
    private record Embedding(
            int input, int dy, Attributes.Embedding attributes, int from, int to, int width, Gradient gradient)
            implements WeightGradientTask {
        @Override
        public void run(MicroBatchGroup wave, Worker worker) {
            float[] values = gradient.values();
            if (gradient.first() && wave.first) {
                Arrays.fill(values, gradient.offset() + from * width, gradient.offset() + to * width, 0f);
            }
            for (int s = wave.from; s < wave.to; s++) {
                MicroBatch slice = wave.slices[s];
                for (int row = 0; row < slice.rows; row++) {
                    int id = TokenOperations.id(
                            slice, input, row, attributes.shift(), attributes.padding(), attributes.vocabularySize());
                    if (id >= from && id < to) {
                        int at = gradient.offset() + id * width;
                        worker.kernels.add(width, slice.arena, dy + row * width, values, at, values, at);
                    }
                }
            }
        }
    }

    /** Gradients added to the columns that tokens selected, for the weight's rows {@code from} to {@code to - 1}. */
    private record OneHot(
            int input, int dy, Attributes.OneHot attributes, int from, int to, int width, Gradient gradient)
            implements WeightGradientTask {
        @Override
        public void run(MicroBatchGroup wave, Worker worker) {
            float[] values = gradient.values();
            int vocabulary = attributes.vocabularySize();
            int columns = attributes.window() * vocabulary;
            if (gradient.first() && wave.first) {
                Arrays.fill(values, gradient.offset() + from * columns, gradient.offset() + to * columns, 0f);
            }
            for (int s = wave.from; s < wave.to; s++) {
                MicroBatch slice = wave.slices[s];
                for (int row = 0; row < slice.rows; row++) {
                    for (int j = 0; j < attributes.window(); j++) {
                        int shift = attributes.window() - 1 - j;
                        int id = TokenOperations.id(slice, input, row, shift, attributes.padding(), vocabulary);
                        if (id >= 0) {
                            int column = gradient.offset() + j * vocabulary + id;
                            for (int n = from; n < to; n++) {
                                values[column + n * columns] += slice.arena[dy + row * width + n];
                            }
                        }
                    }
                }
            }
        }
    }
}
