package io.nanogpt.impl.data;

/** The examples of a run in the order in which it takes them, by a number that counts the rows of its batches. */
sealed interface Rows permits RandomRows, EpochRows, MixedRows, OnceRows {
    /** Copies the example of a row; allocates nothing. */
    void copy(long row, int[] inputs, int[] targets, int offset);

    /** The epoch of a row, from 0; 0 where there are none. */
    long epoch(long row);

    /** The place of a row in its epoch, from 0; 0 where there are none. */
    long position(long row);

    /** Everything but the key that the examples depend on. */
    void describe(Fingerprint fingerprint);
}
