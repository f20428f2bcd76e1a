package io.nanogpt.impl.cpu;

import io.nanogpt.spi.MatrixProducts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Gradients of parameters. Each task owns a part of a parameter and adds the contributions of all micro-batches in
 * their order, so that the order of every sum is the same for any number of threads.
 */
// Operations are records for their constructors alone: they are never compared, and their arrays are shared on purpose.
@SuppressWarnings("ArrayRecordComponent")
final class WeightGradientTasks {
    /** Elements of the part of a gradient that a task owns: few enough to fit into a second-level cache of 512 KiB. */
    private static final int TASK_ELEMENTS = 1 << 16;
    /** Input features of a task, about. */
    private static final int TASK_COLUMNS = 512;
    /** Output features copied side by side: a cache line. */
    private static final int STRIP = 16;
    /**
     * Output features whose gradients are summed for all input features before the next ones. The processor reads ahead in
     * the rows of so few gradients; in those of a whole task it does not.
     */
    private static final int GROUP = 2 * STRIP;

    private WeightGradientTasks() {}

    /** A part of the gradient of a parameter. */
    interface Task {
        /** Adds the contributions of the micro-batches of a group, in their order. */
        void run(MicroBatch.Group group, Worker worker);

        /** Multiply-adds per row of the batch. The longest tasks start first, so that all threads finish together. */
        default long work() {
            return 0;
        }
    }

    /**
     * The destination of a gradient.
     *
     * @param values all gradients
     * @param offset of the parameter
     * @param first whether no earlier task writes to it, as one does where a weight is used twice
     */
    record Gradient(float[] values, int offset, boolean first) {
        /** Whether a group is the first to write to it in a step: it overwrites the values of the step before. */
        boolean isOverwrittenBy(MicroBatch.Group group) {
            return first && group.first;
        }
    }

    /** Scratch memory of {@link #linear}, in floats. */
    static int scratch(int outputs, int depth, int panelWidth) {
        return Kernels.MOST_GRADIENT_ROWS * (taskColumns(depth, panelWidth) + taskRows(outputs, depth));
    }

    /**
     * The tasks of {@code dy^T x}, the gradient of a matrix {@code (outputs, depth)}.
     *
     * @param inNativeCode whether the calculators of the threads multiply instead of the kernels
     */
    static List<Task> linear(
            int dy, int x, int outputs, int depth, int panelWidth, boolean inNativeCode, Gradient gradient) {
        List<Task> tasks = new ArrayList<>();
        int taskRows = taskRows(outputs, depth);
        int taskColumns = taskColumns(depth, panelWidth);
        for (int k = 0; k < depth; k += taskColumns) {
            for (int n = 0; n < outputs; n += taskRows) {
                Linear task = new Linear(
                        dy + n,
                        x + k,
                        outputs,
                        depth,
                        Math.min(taskRows, outputs - n),
                        Math.min(taskColumns, depth - k),
                        new Gradient(gradient.values, gradient.offset + n * depth + k, gradient.first));
                tasks.add(inNativeCode ? new NativeLinear(task) : task);
            }
        }
        return tasks;
    }

    /** Input features of a task: the whole panels of an equal share of the columns. */
    private static int taskColumns(int depth, int panelWidth) {
        int tasks = (depth + TASK_COLUMNS - 1) / TASK_COLUMNS;
        return (depth + tasks * panelWidth - 1) / (tasks * panelWidth) * panelWidth;
    }

    /** Output features of a task, in whole strips. */
    private static int taskRows(int outputs, int depth) {
        int strips = TASK_ELEMENTS / Math.min(TASK_COLUMNS, depth) / STRIP;
        return Math.min((outputs + STRIP - 1) / STRIP, strips) * STRIP;
    }

    /**
     * A part of {@code dy^T x}. Both operands are copied block by block: their rows are often a power of two apart, and
     * read in place would evict each other from the first-level cache.
     */
    private record Linear(int dy, int x, int outputs, int depth, int rows, int columns, Gradient gradient)
            implements Task {
        @Override
        public long work() {
            return (long) rows * columns;
        }

        @Override
        public void run(MicroBatch.Group group, Worker worker) {
            boolean started = !gradient.isOverwrittenBy(group);
            int most = worker.kernels.gradientRows();
            for (MicroBatch microBatch : group.microBatches) {
                for (int row = 0; row < microBatch.rows; row += most) {
                    block(microBatch, row, Math.min(most, microBatch.rows - row), worker, started);
                    started = true;
                }
            }
        }

        private void block(MicroBatch microBatch, int row, int count, Worker worker, boolean started) {
            Kernels kernels = worker.kernels;
            float[] scratch = worker.scratch;
            float[] arena = microBatch.arena;
            float[] gradients = gradient.values;
            int panel = kernels.panelWidth();
            int strips = CacheLines.FIRST;
            int panels = strips + count * ((rows + STRIP - 1) / STRIP * STRIP);
            kernels.pack(count, rows, arena, dy + row * outputs, outputs, scratch, strips, STRIP);
            kernels.pack(count, columns, arena, x + row * depth, depth, scratch, panels, panel);
            for (int first = 0; first < rows; first += GROUP) {
                for (int k = 0; k < columns; k += panel) {
                    for (int n = first; n < Math.min(rows, first + GROUP); n += STRIP) {
                        int to = gradient.offset + n * depth + k;
                        kernels.multiply(
                                Math.min(STRIP, rows - n),
                                Math.min(panel, columns - k),
                                count,
                                worker.a.set(scratch, strips + n * count, 1, STRIP),
                                worker.b.set(scratch, panels + k * count, panel),
                                worker.init.set(
                                        started ? gradients : worker.zeros, started ? to : 0, started ? depth : 0),
                                worker.c.set(gradients, to, depth));
                    }
                }
            }
        }
    }

    /** A part of {@code dy^T x} in native code, which keeps the sums of a group. */
    private record NativeLinear(Linear part) implements Task {
        @Override
        public long work() {
            return part.work();
        }

        @Override
        public void run(MicroBatch.Group group, Worker worker) {
            Gradient gradient = part.gradient;
            MatrixProducts.Calculator calculator = worker.calculator();
            if (gradient.isOverwrittenBy(group)) {
                calculator.beginSum(part.rows, part.columns);
            } else {
                calculator.beginSum(part.rows, part.columns, gradient.values, gradient.offset, part.depth);
            }
            for (MicroBatch microBatch : group.microBatches) {
                float[] arena = microBatch.arena;
                calculator.addProducts(microBatch.rows, arena, part.dy, part.outputs, arena, part.x, part.depth);
            }
            calculator.endSum(gradient.values, gradient.offset, part.depth);
        }
    }

    /** The sum of the parts of a gradient that each micro-batch has at {@code part} in its arena. */
    record PartialSums(int part, int width, Gradient gradient) implements Task {
        @Override
        public void run(MicroBatch.Group group, Worker worker) {
            float[] values = gradient.values;
            int offset = gradient.offset;
            boolean started = !gradient.isOverwrittenBy(group);
            for (MicroBatch microBatch : group.microBatches) {
                if (started) {
                    worker.kernels.add(width, microBatch.arena, part, values, offset, values, offset);
                } else {
                    System.arraycopy(microBatch.arena, part, values, offset, width);
                    started = true;
                }
            }
        }
    }

    /** The gradient of a table of positions: each row of {@code dy} is added to the table row of its position. */
    record Positions(int dy, int width, int positions, Gradient gradient) implements Task {
        @Override
        public void run(MicroBatch.Group group, Worker worker) {
            float[] values = gradient.values;
            int offset = gradient.offset;
            if (gradient.isOverwrittenBy(group)) {
                Arrays.fill(values, offset, offset + positions * width, 0f);
            }
            for (MicroBatch microBatch : group.microBatches) {
                for (int row = 0; row < microBatch.rows; row++) {
                    int to = offset + microBatch.position(row) * width;
                    worker.kernels.add(width, microBatch.arena, dy + row * width, values, to, values, to);
                }
            }
        }
    }
}
