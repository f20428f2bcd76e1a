package io.nanogpt.impl.cpu;

/** The sequences of a batch that are computed together, with the memory of their activations. */
final class MicroBatch {
    /** Rows of a part of an operation that is divided by rows. */
    static final int PART_ROWS = 16;

    final float[] arena;
    /** The run-time inputs of the whole batch, in the order of {@link Plan#inputs}. */
    final int[][] inputs;
    /** Index of the first row in the inputs. */
    int firstRow;
    /** Tokens of each sequence. */
    int length;
    /** All rows: sequences times length. */
    int rows;
    /** Tokens that are in the cache of keys and values before the first row. */
    int past;
    /** Selects the dropout masks. */
    long randomKey;
    /** Rows of the whole batch with a target. */
    int countedRows;
    /** Sum of the losses of the rows. */
    double loss;

    MicroBatch(int arenaSize, int[][] inputs, int length) {
        this.arena = new float[arenaSize];
        this.inputs = inputs;
        this.length = length;
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
