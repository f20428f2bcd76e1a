package io.nanogpt.impl.tokenizer.bpe;

import io.nanogpt.impl.tokenizer.pretokenize.Utf8;
import java.util.Arrays;

/**
 * The number of occurrences of each pre-token. Those of up to sixteen bytes are two numbers in an open hash table,
 * others are in a pool.
 */
public final class PretokenCounts {
    private static final int SLOT = 4;
    private static final int FIRST_BITS = 14;

    private int bits = FIRST_BITS;
    private long[] slots = new long[SLOT << FIRST_BITS];
    private int used;
    private final LongPretokens longPretokens = new LongPretokens();
    private long[] longCounts = new long[1 << 8];

    /** Visits pre-tokens and their counts. */
    @FunctionalInterface
    interface Visitor {
        /** Visits a pre-token of {@code length} bytes from {@code from} on. */
        void pretoken(byte[] bytes, int from, int length, long count);
    }

    /** Whether no pre-token was counted. */
    public boolean isEmpty() {
        return used == 0 && longPretokens.size() == 0;
    }

    /**
     * Counts a pre-token.
     *
     * @param text has at least sixteen bytes from {@code from} on
     */
    void add(byte[] text, int from, int length, long count) {
        if (length > PretokenCache.LONGEST) {
            addLong(text, from, length, count);
            return;
        }
        long low = (long) Utf8.LONG.get(text, from) & PretokenCache.LOW_MASKS[length];
        long high = (long) Utf8.LONG.get(text, from + Long.BYTES) & PretokenCache.HIGH_MASKS[length];
        long[] table = slots;
        int mask = table.length - 1;
        int slot = PretokenCache.slot(low, high, bits);
        while (table[slot + 3] != length || table[slot] != low || table[slot + 1] != high) {
            if (table[slot + 3] == 0) {
                enter(slot, low, high, length, count);
                return;
            }
            slot = (slot + SLOT) & mask;
        }
        table[slot + 2] += count;
    }

    private void addLong(byte[] text, int from, int length, long count) {
        int pretoken = longPretokens.add(text, from, length);
        if (pretoken >= longCounts.length) {
            longCounts = Arrays.copyOf(longCounts, 2 * longCounts.length);
        }
        longCounts[pretoken] += count;
    }

    private void enter(int slot, long low, long high, int length, long count) {
        slots[slot] = low;
        slots[slot + 1] = high;
        slots[slot + 2] = count;
        slots[slot + 3] = length;
        if (++used > 1 << (bits - 1)) {
            grow();
        }
    }

    private void grow() {
        long[] old = slots;
        bits++;
        slots = new long[SLOT << bits];
        for (int slot = 0; slot < old.length; slot += SLOT) {
            if (old[slot + 3] != 0) {
                int free = PretokenCache.slot(old[slot], old[slot + 1], bits);
                while (slots[free + 3] != 0) {
                    free = (free + SLOT) & (slots.length - 1);
                }
                System.arraycopy(old, slot, slots, free, SLOT);
            }
        }
    }

    /** Visits every pre-token once. */
    void forEach(Visitor visitor) {
        byte[] pretoken = new byte[PretokenCache.LONGEST];
        for (int slot = 0; slot < slots.length; slot += SLOT) {
            if (slots[slot + 3] != 0) {
                Utf8.LONG.set(pretoken, 0, slots[slot]);
                Utf8.LONG.set(pretoken, Long.BYTES, slots[slot + 1]);
                visitor.pretoken(pretoken, 0, (int) slots[slot + 3], slots[slot + 2]);
            }
        }
        for (int i = 0; i < longPretokens.size(); i++) {
            visitor.pretoken(longPretokens.bytes(), longPretokens.start(i), longPretokens.length(i), longCounts[i]);
        }
    }

    /** Adds the counts of another. */
    void addAll(PretokenCounts other) {
        other.forEach(this::add);
    }
}
