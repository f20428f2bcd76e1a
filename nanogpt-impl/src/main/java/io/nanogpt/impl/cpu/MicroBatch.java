package io.nanogpt.impl.cpu;

import org.jspecify.annotations.Nullable;

/** The sequences of a batch that are computed together, with the memory of their activations. */
final class MicroBatch {
    /** Rows of a part of an operation that is divided by rows. */
    static final int PART_ROWS = 16;

    final float[] arena;
    /** The run-time inputs of the whole batch, in the order of {@link Plan#inputs}. */
    final int[][] inputs;
    /** Of packed sequences: the position of each row of the whole batch in its own example; null otherwise. */
    final int @Nullable [] positions;
    /** Index of the first row in the inputs. */
    int firstRow;
    /** Tokens of each sequence. */
    int length;
    /** All rows: sequences times length. */
    int rows;
    /** The sequences that are decoded, in consecutive rows; none in training, where all have {@link #length} rows. */
    Decoding decoding = Decoding.NONE;
    /** Selects the dropout masks. */
    long randomKey;
    /** Rows of the whole batch with a target. */
    int countedRows;
    /** Sum of the losses of the rows. */
    double loss;

    MicroBatch(int arenaSize, int[][] inputs, int length) {
        this(arenaSize, inputs, length, null);
    }

    MicroBatch(int arenaSize, int[][] inputs, int length, int @Nullable [] positions) {
        this.positions = positions;
        this.arena = new float[arenaSize];
        this.inputs = inputs;
        this.length = length;
    }

    /** The position of a row in its sequence, or in its own example of a packed one. */
    int position(int row) {
        int[] packed = positions;
        if (packed != null) {
            return packed[firstRow + row];
        }
        return decoding == Decoding.NONE ? row % length : decoding.positions[row];
    }

    /** The row after the sequence, or the example of a packed one, that begins with a row. */
    int endOfSequence(int row) {
        int[] packed = positions;
        if (packed == null) {
            return row + length;
        }
        int limit = row - row % length + length;
        int end = row + 1;
        while (end < limit && packed[firstRow + end] != 0) {
            end++;
        }
        return end;
    }

    /** The index in the inputs of the token of a row. */
    int index(int row) {
        return decoding == Decoding.NONE ? firstRow + row : decoding.indices[row];
    }

    /** The number of parts of {@link #PART_ROWS} rows; the last one may be shorter. */
    int rowParts() {
        return (rows + PART_ROWS - 1) / PART_ROWS;
    }

    /**
     * Micro-batches whose contributions are added together. A batch is computed group by group, which bounds its memory,
     * and with it the traffic to and from the caches.
     */
    static final class Group {
        final MicroBatch[] microBatches;
        /** Whether no micro-batch of the batch was summed before this group. */
        final boolean first;

        Group(MicroBatch[] microBatches, boolean first) {
            this.microBatches = microBatches;
            this.first = first;
        }
    }
}
