package io.nanogpt.impl.cpu;

/** The sequences of a batch that one task computes, with the memory of their activations. */
final class MicroBatch {
    final float[] arena;
    /** The run-time inputs of the whole batch, by their place in the plan. */
    final int[][] inputs;
    /** The place of this slice's first row in the inputs. */
    int firstRow;
    /** Tokens of each sequence. */
    int length;
    /** All rows: sequences times length. */
    int rows;
    /** Tokens that the cache of keys and values holds already. */
    int past;
    /** Selects the dropout masks. */
    long randomKey;
    /** Rows of the whole batch whose target counts. */
    int countedRows;
    /** Sum of the rows' losses. */
    double loss;

    MicroBatch(int arenaSize, int[][] inputs, int length) {
        this.arena = new float[arenaSize];
        this.inputs = inputs;
        this.length = length;
    }
}
