package io.nanogpt.impl.cpu;

/** The sequences of a micro-batch that is decoded: each has as many consecutive rows as it has new tokens. */
final class Decoding {
    /** Of a micro-batch in training. */
    static final Decoding NONE = new Decoding(0);

    final SequenceState[] states;
    /** The first row of each sequence, and after the last one the number of rows. */
    final int[] starts;
    /** The position of each row in its sequence. */
    final int[] positions;
    /** The index of the token of each row among the ids, which have those before it that operations read in front. */
    final int[] indices;
    /** The number of sequences. */
    int count;

    /** For at most {@code rows} rows. */
    Decoding(int rows) {
        states = new SequenceState[rows];
        starts = new int[rows + 1];
        positions = new int[rows];
        indices = new int[rows];
    }

    /** The number of new tokens of a sequence. */
    int rows(int sequence) {
        return starts[sequence + 1] - starts[sequence];
    }
}
