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
final class WeightTasks {
    /** Output features of a tile: enough to repay packing a block of the input, few enough to share out evenly. */
    private static final int TILE_ROWS = 128;
    /** Rows summed before the tile moves on: a block of the input then stays in the first-level cache. */
    private static final int DEPTH = 64;

    private WeightTasks() {}

    /** Scratch of a matrix product's gradient, in floats. */
    static int scratch(int panelWidth) {
        return DEPTH * panelWidth;
    }

    /** The tiles of {@code dy^T x}. */
    static List<WeightTask> matrix(
            int dy, int x, int outputs, int depth, float[] gradients, int offset, boolean first, int panelWidth) {
        List<WeightTask> tasks = new ArrayList<>();
        for (int k = 0; k < depth; k += panelWidth) {
            for (int n = 0; n < outputs; n += TILE_ROWS) {
                tasks.add(new Tile(
                        dy + n,
                        x + k,
                        outputs,
                        depth,
                        Math.min(TILE_ROWS, outputs - n),
                        Math.min(panelWidth, depth - k),
                        gradients,
                        offset + n * depth + k,
                        first));
            }
        }
        return tasks;
    }

    private record Tile(
            int dy, int x, int outputs, int depth, int rows, int columns, float[] gradients, int offset, boolean first)
            implements WeightTask {
        @Override
        public void run(Slice[] slices, Worker worker) {
            boolean started = !first;
            int panel = worker.kernels.panelWidth();
            for (Slice slice : slices) {
                for (int row = 0; row < slice.rows; row += DEPTH) {
                    int count = Math.min(DEPTH, slice.rows - row);
                    for (int r = 0; r < count; r++) {
                        System.arraycopy(slice.arena, x + (row + r) * depth, worker.scratch, r * panel, columns);
                    }
                    worker.kernels.multiply(
                            rows,
                            columns,
                            count,
                            slice.arena,
                            dy + row * outputs,
                            1,
                            outputs,
                            worker.scratch,
                            0,
                            panel,
                            started ? gradients : worker.zeros,
                            started ? offset : 0,
                            started ? depth : 0,
                            gradients,
                            offset,
                            depth);
                    started = true;
                }
            }
        }
    }

    /** The sum of what each slice left at {@code part}. */
    record Parts(int part, int width, float[] gradients, int offset, boolean first) implements WeightTask {
        @Override
        public void run(Slice[] slices, Worker worker) {
            boolean started = !first;
            for (Slice slice : slices) {
                if (started) {
                    worker.kernels.add(width, slice.arena, part, gradients, offset, gradients, offset);
                } else {
                    System.arraycopy(slice.arena, part, gradients, offset, width);
                    started = true;
                }
            }
        }
    }

    /** Rows of gradients added to the table rows that were looked up. */
    record Embedding(int input, int dy, int width, int vocabulary, float[] gradients, int offset, boolean first)
            implements WeightTask {
        @Override
        public void run(Slice[] slices, Worker worker) {
            if (first) {
                Arrays.fill(gradients, offset, offset + vocabulary * width, 0f);
            }
            for (Slice slice : slices) {
                for (int row = 0; row < slice.rows; row++) {
                    int to = offset + slice.inputs[input][slice.firstRow + row] * width;
                    worker.kernels.add(width, slice.arena, dy + row * width, gradients, to, gradients, to);
                }
            }
        }
    }

    /** Rows of gradients added to the table row of their position. */
    record Positions(int dy, int width, int positions, float[] gradients, int offset, boolean first)
            implements WeightTask {
        @Override
        public void run(Slice[] slices, Worker worker) {
            if (first) {
                Arrays.fill(gradients, offset, offset + positions * width, 0f);
            }
            for (Slice slice : slices) {
                for (int row = 0; row < slice.rows; row++) {
                    int to = offset + row % slice.length * width;
                    worker.kernels.add(width, slice.arena, dy + row * width, gradients, to, gradients, to);
                }
            }
        }
    }
}
