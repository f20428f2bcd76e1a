package io.nanogpt.impl.tokenizer.bpe;

import java.util.Arrays;

/** The merges by pair of ids: an open hash table with interleaved keys and values. */
public final class PairTable {
    /** The value of a pair that is not merged, above all others. */
    static final long NONE = Long.MAX_VALUE;

    private static final long EMPTY = -1;

    private final long[] slots;
    private final int shift;

    /** Creates a table; of merges of the same pair the last counts. */
    public PairTable(Merges merges) {
        int bits = Math.max(4, 33 - Integer.numberOfLeadingZeros(merges.size()));
        shift = Long.SIZE - bits;
        slots = new long[2 << bits];
        Arrays.fill(slots, EMPTY);
        for (int i = 0; i < merges.size(); i++) {
            long key = key(merges.left(i), merges.right(i));
            int slot = slot(key);
            slots[slot] = key;
            slots[slot + 1] = ((long) merges.rank(i) << Integer.SIZE) | merges.merged(i);
        }
    }

    /** The rank in the upper half and the id in the lower: the lowest value is merged first; or {@link #NONE}. */
    long get(int left, int right) {
        int slot = slot(key(left, right));
        return slots[slot] == EMPTY ? NONE : slots[slot + 1];
    }

    private int slot(long key) {
        int mask = slots.length - 1;
        int slot = (int) ((key * 0x9E3779B97F4A7C15L) >>> shift) << 1;
        while (slots[slot] != key && slots[slot] != EMPTY) {
            slot = (slot + 2) & mask;
        }
        return slot;
    }

    private static long key(int left, int right) {
        return ((long) left << Integer.SIZE) | right;
    }
}
