package io.nanogpt.impl.cpu;

import java.util.Arrays;

/**
 * A layer of LSTM: tokens one after another, the sequences of a slice side by side. The recurrent product of a step has
 * one row a sequence.
 */
final class Recurrence {
    private final int width;
    private final float[] panels;
    private final float[] transposedPanels;
    private final float[] values;
    private final int bias;

    /**
     * A layer.
     *
     * @param width features of the hidden state, D
     * @param weight the packed recurrent weight (4 D, D)
     * @param values all parameters
     * @param bias the place of the bias (4 D)
     */
    Recurrence(int width, PackedWeight weight, float[] values, int bias) {
        this.width = width;
        this.panels = weight.forward();
        this.transposedPanels = weight.transposed();
        this.values = values;
        this.bias = bias;
    }

    /**
     * Whole sequences from a zero state.
     *
     * @param input the input's part of the gates, (rows, 4 D)
     * @param gates receives the activated gates, (rows, 4 D)
     * @param cells receives the states of the cells, (rows, D)
     * @param out receives the hidden states, (rows, D)
     */
    Operation forward(int input, int gates, int cells, int out) {
        return (slice, worker) -> {
            float[] arena = slice.arena;
            addBias(slice, worker.kernels, input, gates);
            int length = slice.length;
            for (int t = 0; t < length; t++) {
                if (t > 0) {
                    recur(
                            slice.rows / length,
                            length,
                            arena,
                            out + (t - 1) * width,
                            arena,
                            gates + t * 4 * width,
                            worker);
                }
                for (int row = t; row < slice.rows; row += length) {
                    int cell = cells + row * width;
                    cell(
                            worker,
                            arena,
                            gates + row * 4 * width,
                            t == 0 ? worker.zeros : arena,
                            t == 0 ? 0 : cell - width,
                            cell,
                            out + row * width);
                }
            }
        };
    }

    /** New tokens of one sequence, whose state stays here. */
    Operation carried(int input, int gates, int cells, int out) {
        float[] hidden = new float[width];
        float[] state = new float[width];
        return (slice, worker) -> {
            float[] arena = slice.arena;
            addBias(slice, worker.kernels, input, gates);
            if (slice.past == 0) {
                Arrays.fill(hidden, 0f);
                Arrays.fill(state, 0f);
            }
            for (int row = 0; row < slice.rows; row++) {
                recur(1, 1, hidden, 0, arena, gates + row * 4 * width, worker);
                cell(worker, arena, gates + row * 4 * width, state, 0, cells + row * width, out + row * width);
                System.arraycopy(arena, out + row * width, hidden, 0, width);
                System.arraycopy(arena, cells + row * width, state, 0, width);
            }
        };
    }

    /**
     * The gradient for the gates before their activation.
     *
     * @param dy the gradient of the hidden states
     * @param gates as {@link #forward} left them
     * @param cells as {@link #forward} left them
     * @param work space for two rows of D a sequence
     * @param out (rows, 4 D)
     */
    Operation backward(int dy, int gates, int cells, int work, int out) {
        return (slice, worker) -> {
            float[] arena = slice.arena;
            int length = slice.length;
            int sequences = slice.rows / length;
            int carried = work + sequences * width;
            RowOperations.clear(arena, carried, sequences * width);
            for (int t = length - 1; t >= 0; t--) {
                hiddenGradient(sequences, t, slice, worker, dy, work, out);
                for (int s = 0; s < sequences; s++) {
                    int row = s * length + t;
                    int cell = cells + row * width;
                    worker.kernels
                            .rows()
                            .lstmCellGradient(
                                    width,
                                    arena,
                                    work + s * width,
                                    arena,
                                    gates + row * 4 * width,
                                    t == 0 ? worker.zeros : arena,
                                    t == 0 ? 0 : cell - width,
                                    arena,
                                    cell,
                                    arena,
                                    carried + s * width,
                                    arena,
                                    out + row * 4 * width);
                }
            }
        };
    }

    /** What a step's hidden states are worth: to the loss, and through the gates of the step after. */
    private void hiddenGradient(int sequences, int t, Slice slice, Worker worker, int dy, int to, int out) {
        float[] arena = slice.arena;
        int length = slice.length;
        if (t == length - 1) {
            for (int i = 0; i < sequences; i++) {
                System.arraycopy(arena, dy + (i * length + t) * width, arena, to + i * width, width);
            }
            return;
        }
        int panel = worker.kernels.panelWidth();
        for (int j = 0; j < width; j += panel) {
            worker.kernels.multiply(
                    sequences,
                    Math.min(panel, width - j),
                    4 * width,
                    arena,
                    out + (t + 1) * 4 * width,
                    length * 4 * width,
                    1,
                    transposedPanels,
                    j * 4 * width,
                    panel,
                    arena,
                    dy + t * width + j,
                    length * width,
                    arena,
                    to + j,
                    width);
        }
    }

    private void addBias(Slice slice, Kernels kernels, int input, int gates) {
        for (int row = 0; row < slice.rows; row++) {
            int at = row * 4 * width;
            kernels.add(4 * width, slice.arena, input + at, values, bias, slice.arena, gates + at);
        }
    }

    /** Adds the recurrent product to the gates of one step; its rows lie {@code length} tokens apart. */
    private void recur(int sequences, int length, float[] hidden, int from, float[] arena, int gates, Worker worker) {
        int panel = worker.kernels.panelWidth();
        for (int j = 0; j < 4 * width; j += panel) {
            worker.kernels.multiply(
                    sequences,
                    Math.min(panel, 4 * width - j),
                    width,
                    hidden,
                    from,
                    length * width,
                    1,
                    panels,
                    j * width,
                    panel,
                    arena,
                    gates + j,
                    length * 4 * width,
                    arena,
                    gates + j,
                    length * 4 * width);
        }
    }

    private void cell(Worker worker, float[] arena, int gates, float[] before, int beforeOffset, int cell, int hidden) {
        worker.kernels.rows().lstmCell(width, arena, gates, before, beforeOffset, arena, cell, arena, hidden);
    }

    /** The row before each, and zeros before the first of a sequence. */
    static Operation previousRow(int x, int out, int width) {
        return (slice, worker) -> {
            System.arraycopy(slice.arena, x, slice.arena, out + width, (slice.rows - 1) * width);
            for (int row = 0; row < slice.rows; row += slice.length) {
                RowOperations.clear(slice.arena, out + row * width, width);
            }
        };
    }
}
