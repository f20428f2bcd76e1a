package io.nanogpt.impl.cpu;

import io.nanogpt.graph.Attributes;
import io.nanogpt.impl.cpu.WeightGradientTasks.Gradient;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Gradients of the parameters that are indexed by token ids. A task owns some rows of a parameter and reads the ids of
 * all micro-batches in their order.
 */
final class EmbeddingGradientTasks {
    /** Rows of a table that a task owns: enough that reading the ids costs little beside clearing the rows. */
    private static final int TABLE_ROWS = 8192;
    /** Rows of a one-hot weight that a task owns: four cache lines of gradients for each token. */
    private static final int WEIGHT_ROWS = 64;

    private EmbeddingGradientTasks() {}

    /** The tasks of the table of an embedding. */
    static List<WeightGradientTasks.Task> embedding(
            int input, int dy, Attributes.Embedding attributes, int width, Gradient gradient) {
        List<WeightGradientTasks.Task> tasks = new ArrayList<>();
        for (int from = 0; from < attributes.rows(); from += TABLE_ROWS) {
            int to = Math.min(attributes.rows(), from + TABLE_ROWS);
            tasks.add(new Embedding(input, dy, attributes, from, to, width, gradient));
        }
        return tasks;
    }

    /** The tasks of the weight of a one-hot linear layer. */
    static List<WeightGradientTasks.Task> oneHot(
            int input, int dy, Attributes.OneHot attributes, int width, Gradient gradient) {
        List<WeightGradientTasks.Task> tasks = new ArrayList<>();
        for (int from = 0; from < width; from += WEIGHT_ROWS) {
            tasks.add(new OneHot(input, dy, attributes, from, Math.min(width, from + WEIGHT_ROWS), width, gradient));
        }
        return tasks;
    }

    /** The table rows {@code from} to {@code to - 1}: each row of {@code dy} is added to the table row of its token. */
    private record Embedding(
            int input, int dy, Attributes.Embedding attributes, int from, int to, int width, Gradient gradient)
            implements WeightGradientTasks.Task {
        @Override
        public void run(MicroBatch.Group group, Worker worker) {
            float[] values = gradient.values();
            if (gradient.isOverwrittenBy(group)) {
                Arrays.fill(values, gradient.offset() + from * width, gradient.offset() + to * width, 0f);
            }
            for (MicroBatch microBatch : group.microBatches) {
                for (int row = 0; row < microBatch.rows; row++) {
                    int id = EmbeddingOperations.tableRow(microBatch, input, row, attributes);
                    if (id >= from && id < to) {
                        int at = gradient.offset() + id * width;
                        worker.kernels.add(width, microBatch.arena, dy + row * width, values, at, values, at);
                    }
                }
            }
        }
    }

    /** The gradient of a {@link SparseTable}: each row of {@code dy} is added to the table row of its n-gram. */
    record Sparse(int input, int dy, Attributes.Embedding attributes, SparseTable table, boolean first)
            implements WeightGradientTasks.Task {
        @Override
        public long work() {
            return table.width();
        }

        @Override
        public void run(MicroBatch.Group group, Worker worker) {
            SparseRows gradient = table.gradient();
            if (first && group.first) {
                gradient.clear();
            }
            for (MicroBatch microBatch : group.microBatches) {
                for (int row = 0; row < microBatch.rows; row++) {
                    int tableRow = EmbeddingOperations.tableRow(microBatch, input, row, attributes);
                    if (tableRow >= 0) {
                        addRow(gradient, tableRow, microBatch.arena, dy + row * table.width(), worker);
                    }
                }
            }
        }

        private void addRow(SparseRows gradient, int tableRow, float[] arena, int from, Worker worker) {
            int width = table.width();
            int slot = gradient.slot(tableRow);
            if (slot < 0) {
                int to = gradient.add(tableRow) * width;
                System.arraycopy(arena, from, gradient.values(), to, width);
            } else {
                float[] values = gradient.values();
                worker.kernels.add(width, arena, from, values, slot * width, values, slot * width);
            }
        }
    }

    /** The weight rows {@code from} to {@code to - 1}: each row of {@code dy} is added to the columns of its tokens. */
    private record OneHot(
            int input, int dy, Attributes.OneHot attributes, int from, int to, int width, Gradient gradient)
            implements WeightGradientTasks.Task {
        @Override
        public void run(MicroBatch.Group group, Worker worker) {
            int columns = attributes.window() * attributes.vocabularySize();
            if (gradient.isOverwrittenBy(group)) {
                Arrays.fill(
                        gradient.values(), gradient.offset() + from * columns, gradient.offset() + to * columns, 0f);
            }
            for (MicroBatch microBatch : group.microBatches) {
                for (int row = 0; row < microBatch.rows; row++) {
                    addRow(microBatch, row, columns);
                }
            }
        }

        private void addRow(MicroBatch microBatch, int row, int columns) {
            float[] values = gradient.values();
            int vocabulary = attributes.vocabularySize();
            for (int j = 0; j < attributes.window(); j++) {
                int shift = attributes.window() - 1 - j;
                int id = EmbeddingOperations.id(microBatch, input, row, shift, attributes.padding(), vocabulary);
                if (id >= 0) {
                    int column = gradient.offset() + j * vocabulary + id;
                    for (int n = from; n < to; n++) {
                        values[column + n * columns] += microBatch.arena[dy + row * width + n];
                    }
                }
            }
        }
    }
}
