package io.nanogpt.impl.cpu;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Gradients of parameters. Each task owns a part of a parameter and walks all slices in their order, so that the order
 * of every sum is the same for any number of threads. {@code first} is false where another task has already written to
 * the same gradient, as happens for tied weights.
 */
// Operations are records for their constructors alone: they are never compared, and their arrays are shared on purpose.
@SuppressWarnings("ArrayRecordComponent")
final class WeightGradientTasks {
    /** Elements of a task's part of the gradient: as many as leave room in a second-level cache of 512 KiB. */
    private static final int TASK_ELEMENTS = 1 << 16;
    /** Input features of a task at most. */
    private static final int TASK_COLUMNS = 512;
    /**
     * Rows summed before the task moves on. With half as many a block of the input leaves more room in the first-level
     * cache, but loading and storing the sums twice as often costs more than that gains.
     */
    private static final int DEPTH = 128;
    /** Output features copied side by side: a cache line. */
    private static final int STRIP = 16;

    private WeightGradientTasks() {}

    /** Scratch of a matrix product's gradient, in floats. */
    static int scratch(int outputs, int depth, int panelWidth) {
        int columns = Math.min(TASK_COLUMNS, depth);
        int panels = (columns + panelWidth - 1) / panelWidth * panelWidth;
        return DEPTH * (panels + taskRows(outputs, depth));
    }

    /** The tasks of {@code dy^T x}. */
    static List<WeightGradientTask> matrix(
            int dy, int x, int outputs, int depth, float[] gradients, int offset, boolean first) {
        List<WeightGradientTask> tasks = new ArrayList<>();
        int taskRows = taskRows(outputs, depth);
        for (int k = 0; k < depth; k += TASK_COLUMNS) {
            for (int n = 0; n < outputs; n += taskRows) {
                tasks.add(new Matrix(
                        dy + n,
                        x + k,
                        outputs,
                        depth,
                        Math.min(taskRows, outputs - n),
                        Math.min(TASK_COLUMNS, depth - k),
                        gradients,
                        offset + n * depth + k,
                        first));
            }
        }
        return tasks;
    }

    /** Output features of a task, in whole strips. */
    private static int taskRows(int outputs, int depth) {
        int strips = TASK_ELEMENTS / Math.min(TASK_COLUMNS, depth) / STRIP;
        return Math.min((outputs + STRIP - 1) / STRIP, strips) * STRIP;
    }

    /**
     * A part of {@code dy^T x}. Both operands are copied block by block: read in place, their rows lie a power of two
     * apart as often as not and push each other out of the first-level cache.
     */
    private record Matrix(
            int dy, int x, int outputs, int depth, int rows, int columns, float[] gradients, int offset, boolean first)
            implements WeightGradientTask {
        @Override
        public long work() {
            return (long) rows * columns;
        }

        @Override
        public void run(MicroBatchGroup wave, Worker worker) {
            boolean started = !(first && wave.first);
            for (int s = wave.from; s < wave.to; s++) {
                MicroBatch slice = wave.slices[s];
                for (int row = 0; row < slice.rows; row += DEPTH) {
                    block(slice, row, Math.min(DEPTH, slice.rows - row), worker, started);
                    started = true;
                }
            }
        }

        private void block(MicroBatch slice, int row, int count, Worker worker, boolean started) {
            Kernels kernels = worker.kernels;
            float[] scratch = worker.scratch;
            int panel = kernels.panelWidth();
            int panels = count * ((rows + STRIP - 1) / STRIP * STRIP);
            kernels.pack(count, rows, slice.arena, dy + row * outputs, outputs, scratch, 0, STRIP);
            kernels.pack(count, columns, slice.arena, x + row * depth, depth, scratch, panels, panel);
            for (int k = 0; k < columns; k += panel) {
                for (int n = 0; n < rows; n += STRIP) {
                    int to = offset + n * depth + k;
                    kernels.multiply(
                            Math.min(STRIP, rows - n),
                            Math.min(panel, columns - k),
                            count,
                            scratch,
                            n * count,
                            1,
                            STRIP,
                            scratch,
                            panels + k * count,
                            panel,
                            started ? gradients : worker.zeros,
                            started ? to : 0,
                            started ? depth : 0,
                            gradients,
                            to,
                            depth);
                }
            }
        }
    }

    /** The sum of what each slice left at {@code part}. */
    record Parts(int part, int width, float[] gradients, int offset, boolean first) implements WeightGradientTask {
        @Override
        public void run(MicroBatchGroup wave, Worker worker) {
            boolean started = !(first && wave.first);
            for (int s = wave.from; s < wave.to; s++) {
                MicroBatch slice = wave.slices[s];
                if (started) {
                    worker.kernels.add(width, slice.arena, part, gradients, offset, gradients, offset);
                } else {
                    System.arraycopy(slice.arena, part, gradients, offset, width);
                    started = true;
                }
            }
        }
    }

    /** Rows of gradients added to the table row of their position. */
    record Positions(int dy, int width, int positions, float[] gradients, int offset, boolean first)
            implements WeightGradientTask {
        @Override
        public void run(MicroBatchGroup wave, Worker worker) {
            if (first && wave.first) {
                Arrays.fill(gradients, offset, offset + positions * width, 0f);
            }
            for (int s = wave.from; s < wave.to; s++) {
                MicroBatch slice = wave.slices[s];
                for (int row = 0; row < slice.rows; row++) {
                    int to = offset + row % slice.length * width;
                    worker.kernels.add(width, slice.arena, dy + row * width, gradients, to, gradients, to);
                }
            }
        }
    }
}
