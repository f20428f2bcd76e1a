package io.nanogpt.impl.djl;

import java.util.Arrays;

/**
 * The input of a run that decodes, a row for each sequence: the ids of its new tokens after those that operations may
 * read, their positions, where the cache keeps them, their number, and the place of the last among all tokens of the run.
 * Sequences with fewer new tokens than others are padded at their end, where no real token sees it: with id 0 at position
 * 0, which the cache keeps in a cell that is never read.
 */
final class DecodingRows {
    /** Takes an input of a program apart, and its numbers. */
    static final String PROLOGUE = """
                first, skip, sequence, total, = numbers
                positions = torch.narrow(inputs[0], 1, skip + sequence, sequence)
                cells = torch.narrow(inputs[0], 1, skip + 2 * sequence, sequence)
                counts = torch.select(inputs[0], 1, skip + 3 * sequence)
                last = torch.select(inputs[0], 1, skip + 3 * sequence + 1)
            """;

    private final int history;
    private final int sequence;
    private final int unread;
    private final int width;
    private final long[] values;

    /**
     * Rows of padding.
     *
     * @param history ids before the new ones
     * @param sequence T, the most new tokens of a sequence
     * @param unread the cell for padding
     */
    DecodingRows(int sequences, int history, int sequence, int unread) {
        this.history = history;
        this.sequence = sequence;
        this.unread = unread;
        width = Math.addExact(history, 3 * sequence + 2);
        values = new long[Math.multiplyExact(sequences, width)];
    }

    /** Sets a row. */
    void set(int row, SequenceSlot slot, int[] tokens, int from, int count) {
        int ids = row * width + history;
        int positions = ids + sequence;
        int cells = positions + sequence;
        for (int i = 0; i < history; i++) {
            values[ids - history + i] = slot.history()[i];
        }
        for (int i = 0; i < count; i++) {
            int position = slot.length() + i;
            values[ids + i] = tokens[from + i];
            values[positions + i] = position;
            values[cells + i] = position;
        }
        Arrays.fill(values, cells + count, cells + sequence, unread);
        values[cells + sequence] = count;
        values[cells + sequence + 1] = (long) row * sequence + count - 1;
    }

    long[] values() {
        return values;
    }

    int width() {
        return width;
    }
}
