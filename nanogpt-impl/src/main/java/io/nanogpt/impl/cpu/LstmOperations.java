package io.nanogpt.impl.cpu;

/**
 * An LSTM layer: steps one after another, each for all sequences of a micro-batch. The recurrent product of a step has
 * one row per sequence; its operands are copied next to each other, because in place they are so far apart that they
 * would evict each other from the caches.
 */
final class LstmOperations {
    private final int width;
    private final PackedWeight weight;
    private final float[] values;
    private final int bias;

    /**
     * A layer.
     *
     * @param width features of the hidden state, D
     * @param weight the packed recurrent weight (4 D, D)
     * @param values all parameters
     * @param bias offset of the bias (4 D)
     */
    LstmOperations(int width, PackedWeight weight, float[] values, int bias) {
        this.width = width;
        this.weight = weight;
        this.values = values;
        this.bias = bias;
    }

    /**
     * Scratch memory for {@code sequences} sequences, in floats: a row of the hidden state and a row of the gates each.
     */
    int scratch(int sequences) {
        return Math.multiplyExact(sequences, 5 * width);
    }

    /**
     * Whole sequences from a zero state.
     *
     * @param input the part of the gates that depends on the input, (rows, 4 D)
     * @param gates receives the activated gates, (rows, 4 D)
     * @param cells receives the cell states, (rows, D)
     * @param out receives the hidden states, (rows, D)
     */
    Operation forward(int input, int gates, int cells, int out) {
        return (microBatch, worker) -> {
            float[] arena = microBatch.arena;
            int length = microBatch.length;
            int sequences = microBatch.rows / length;
            int step = sequences * width;
            for (int t = 0; t < length; t++) {
                addBias(sequences, microBatch, worker, input + t * 4 * width, length, step);
                if (t > 0) {
                    addRecurrentProduct(sequences, worker.scratch, worker.scratch, step, worker);
                }
                for (int s = 0; s < sequences; s++) {
                    int row = s * length + t;
                    int cell = cells + row * width;
                    int gate = gates + row * 4 * width;
                    System.arraycopy(worker.scratch, step + s * 4 * width, arena, gate, 4 * width);
                    int before = t == 0 ? 0 : cell - width;
                    cell(worker, arena, gate, t == 0 ? worker.zeros : arena, before, cell, out + row * width);
                    System.arraycopy(arena, out + row * width, worker.scratch, s * width, width);
                }
            }
        };
    }

    /**
     * New tokens of sequences. The products of the first new tokens of all sequences are computed together, then those
     * of the second, and so on.
     *
     * @param hidden the array of the states with the hidden state
     * @param state the array of the states with the cells
     */
    Operation carried(int input, int gates, int cells, int out, int hidden, int state) {
        return (microBatch, worker) -> {
            Decoding decoding = microBatch.decoding;
            float[] arena = microBatch.arena;
            float[] scratch = worker.scratch;
            int step = decoding.count * width;
            boolean more = true;
            for (int t = 0; more; t++) {
                int sequences = 0;
                for (int s = 0; s < decoding.count; s++) {
                    if (t < decoding.rows(s)) {
                        int row = decoding.starts[s] + t;
                        int gate = step + sequences * 4 * width;
                        worker.kernels.add(4 * width, arena, input + row * 4 * width, values, bias, scratch, gate);
                        System.arraycopy(decoding.states[s].array(hidden), 0, scratch, sequences * width, width);
                        sequences++;
                    }
                }
                more = sequences > 0;
                addRecurrentProduct(sequences, scratch, scratch, step, worker);
                sequences = 0;
                for (int s = 0; s < decoding.count; s++) {
                    if (t < decoding.rows(s)) {
                        int row = decoding.starts[s] + t;
                        int gate = gates + row * 4 * width;
                        System.arraycopy(scratch, step + sequences * 4 * width, arena, gate, 4 * width);
                        float[] before = decoding.states[s].array(state);
                        cell(worker, arena, gate, before, 0, cells + row * width, out + row * width);
                        System.arraycopy(arena, out + row * width, decoding.states[s].array(hidden), 0, width);
                        System.arraycopy(arena, cells + row * width, before, 0, width);
                        sequences++;
                    }
                }
            }
        };
    }

    /**
     * The gradient for the gates before their activation.
     *
     * @param dy the gradient of the hidden states
     * @param gates as computed by {@link #forward}
     * @param cells as computed by {@link #forward}
     * @param carried memory for a row of D per sequence
     * @param out (rows, 4 D)
     */
    Operation backward(int dy, int gates, int cells, int carried, int out) {
        return (microBatch, worker) -> {
            float[] arena = microBatch.arena;
            int length = microBatch.length;
            int sequences = microBatch.rows / length;
            int step = sequences * width;
            ElementwiseOperations.clear(arena, carried, sequences * width);
            for (int t = length - 1; t >= 0; t--) {
                for (int s = 0; s < sequences; s++) {
                    System.arraycopy(arena, dy + (s * length + t) * width, worker.scratch, s * width, width);
                }
                if (t < length - 1) {
                    addGradientThroughNextStep(sequences, worker, step);
                }
                for (int s = 0; s < sequences; s++) {
                    int row = s * length + t;
                    int gradient = step + s * 4 * width;
                    cellGradient(microBatch, worker, gates, cells, row, s, carried, gradient);
                    System.arraycopy(worker.scratch, gradient, arena, out + row * 4 * width, 4 * width);
                }
            }
        };
    }

    private void cellGradient(
            MicroBatch microBatch,
            Worker worker,
            int gates,
            int cells,
            int row,
            int sequence,
            int carried,
            int gradient) {
        boolean first = row % microBatch.length == 0;
        int cell = cells + row * width;
        worker.kernels.lstmCellGradient(
                width,
                worker.scratch,
                sequence * width,
                microBatch.arena,
                gates + row * 4 * width,
                first ? worker.zeros : microBatch.arena,
                first ? 0 : cell - width,
                microBatch.arena,
                cell,
                microBatch.arena,
                carried + sequence * width,
                worker.scratch,
                gradient);
    }

    /**
     * Adds the gradient through the next step to the gradient of the hidden states, at the start of the scratch memory.
     */
    private void addGradientThroughNextStep(int sequences, Worker worker, int gradients) {
        float[] scratch = worker.scratch;
        Panels panels = weight.transposed();
        int panel = panels.width();
        for (int j = 0; j < width; j += panel) {
            worker.kernels.multiply(
                    sequences,
                    Math.min(panel, width - j),
                    4 * width,
                    worker.a.set(scratch, gradients, 4 * width),
                    worker.b.set(panels.values(), panels.offset() + j * 4 * width, panel),
                    worker.init.set(scratch, j, width),
                    worker.c.set(scratch, j, width));
        }
    }

    /** The part of the gates of one step that depends on the input, plus the bias, in consecutive rows. */
    private void addBias(int sequences, MicroBatch microBatch, Worker worker, int input, int length, int to) {
        for (int s = 0; s < sequences; s++) {
            worker.kernels.add(
                    4 * width,
                    microBatch.arena,
                    input + s * length * 4 * width,
                    values,
                    bias,
                    worker.scratch,
                    to + s * 4 * width);
        }
    }

    /** Adds the recurrent product to the gates of one step. */
    private void addRecurrentProduct(int sequences, float[] hidden, float[] out, int gates, Worker worker) {
        Panels panels = weight.forward();
        int panel = panels.width();
        for (int j = 0; j < 4 * width; j += panel) {
            worker.kernels.multiply(
                    sequences,
                    Math.min(panel, 4 * width - j),
                    width,
                    worker.a.set(hidden, 0, width),
                    worker.b.set(panels.values(), panels.offset() + j * width, panel),
                    worker.init.set(out, gates + j, 4 * width),
                    worker.c.set(out, gates + j, 4 * width));
        }
    }

    private void cell(Worker worker, float[] arena, int gates, float[] before, int beforeOffset, int cell, int hidden) {
        worker.kernels.lstmCell(width, arena, gates, before, beforeOffset, arena, cell, arena, hidden);
    }

    /** For each row the row before it, and zeros for the first row of a sequence. */
    static Operation previousRow(int x, int out, int width) {
        return (microBatch, worker) -> {
            System.arraycopy(microBatch.arena, x, microBatch.arena, out + width, (microBatch.rows - 1) * width);
            for (int row = 0; row < microBatch.rows; row += microBatch.length) {
                ElementwiseOperations.clear(microBatch.arena, out + row * width, width);
            }
        };
    }
}
