package io.nanogpt.impl.djl;

import ai.djl.ndarray.NDArray;
import java.util.Arrays;
import java.util.List;

/** A sequence of a decoder, whose state is in a row of the arrays of {@link SequenceStates}, or apart from them. */
final class SequenceSlot {
    /** Marks an id before the first. */
    private static final int ABSENT = -1;
    /** The row of a sequence that is not in the arrays. */
    static final int NO_ROW = -1;

    private final int[] history;
    private int length;

    /** Its row in the arrays. */
    int row = NO_ROW;
    /** Its state outside of the arrays; none if it is in them or empty. */
    List<NDArray> stored = List.of();

    /**
     * An empty sequence.
     *
     * @param history previous ids that operations read
     */
    SequenceSlot(int history) {
        this.history = new int[history];
        Arrays.fill(this.history, ABSENT);
    }

    /** The last ids, negative before the first. */
    int[] history() {
        return history;
    }

    int length() {
        return length;
    }

    /** Notes tokens that were computed. */
    void append(int[] tokens, int from, int count) {
        int kept = Math.max(0, history.length - count);
        System.arraycopy(history, history.length - kept, history, 0, kept);
        int added = history.length - kept;
        System.arraycopy(tokens, from + count - added, history, kept, added);
        length += count;
    }

    /** Begins anew. */
    void clear() {
        length = 0;
        Arrays.fill(history, ABSENT);
    }

    /** Notes that it has the first tokens of another one; all of them, if there is a history. */
    void follow(SequenceSlot other, int count) {
        System.arraycopy(other.history, 0, history, 0, history.length);
        length = count;
    }
}
