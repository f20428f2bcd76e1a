package io.nanogpt.impl.tokenizer.bpe;

import io.nanogpt.impl.tokenizer.pretokenize.Utf8;
import java.util.Arrays;

/**
 * The ids of short pre-tokens. A slot of the open hash table is half a cache line: the bytes of the pre-token as two
 * numbers, its first two ids, and its length, number of ids and the place of the others.
 */
final class PretokenCache {
    /** Length of the longest pre-token in bytes. */
    static final int LONGEST = 16;

    private static final int SLOT = 4;
    private static final int FIRST_BITS = 10;
    private static final int MOST_BITS = 18;
    private static final int INLINE_IDS = 2;
    private static final double FULL = 0.625;

    static final long[] LOW_MASKS = new long[LONGEST + 1];
    static final long[] HIGH_MASKS = new long[LONGEST + 1];

    static {
        for (int length = 1; length <= LONGEST; length++) {
            LOW_MASKS[length] = length >= Long.BYTES ? -1 : (1L << (Byte.SIZE * length)) - 1;
            HIGH_MASKS[length] =
                    length <= Long.BYTES ? 0 : length == LONGEST ? -1 : (1L << (Byte.SIZE * (length - Long.BYTES))) - 1;
        }
    }

    private int bits;
    private long[] slots = {};
    private int used;
    private int[] others = new int[1 << FIRST_BITS];
    private int othersUsed;

    PretokenCache() {
        clear(FIRST_BITS);
    }

    /**
     * Looks a pre-token up and writes its ids.
     *
     * @param text has at least sixteen bytes from {@code from} on
     * @param out has room for two ids more than the pre-token has
     * @return the number of ids, or 0 if the pre-token is not known
     */
    int copy(byte[] text, int from, int length, int[] out, int at) {
        long low = (long) Utf8.LONG.get(text, from) & LOW_MASKS[length];
        long high = (long) Utf8.LONG.get(text, from + Long.BYTES) & HIGH_MASKS[length];
        long[] table = slots;
        int mask = table.length - 1;
        int slot = slot(low, high, bits);
        while (true) {
            long meta = table[slot + 3];
            if (table[slot] == low && table[slot + 1] == high && ((meta >>> Byte.SIZE) & 0xFF) == length) {
                long ids = table[slot + 2];
                int count = (int) meta & 0xFF;
                out[at] = (int) ids;
                out[at + 1] = (int) (ids >>> Integer.SIZE);
                if (count > INLINE_IDS) {
                    System.arraycopy(others, (int) (meta >>> Integer.SIZE), out, at, count);
                }
                return count;
            }
            if (meta == 0) {
                return 0;
            }
            slot = (slot + SLOT) & mask;
        }
    }

    /** Puts a pre-token that is not known yet. */
    void put(byte[] text, int from, int length, int[] ids, int at, int count) {
        if (used >= FULL * (1L << bits)) {
            grow();
        }
        long meta = ((long) length << Byte.SIZE) | count;
        long inline = ids[at];
        if (count > 1) {
            inline |= (long) ids[at + 1] << Integer.SIZE;
        }
        if (count > INLINE_IDS) {
            if (othersUsed + count > others.length) {
                others = Arrays.copyOf(others, 2 * others.length);
            }
            System.arraycopy(ids, at, others, othersUsed, count);
            meta |= (long) othersUsed << Integer.SIZE;
            othersUsed += count;
        }
        long low = (long) Utf8.LONG.get(text, from) & LOW_MASKS[length];
        long high = (long) Utf8.LONG.get(text, from + Long.BYTES) & HIGH_MASKS[length];
        int slot = free(slots, low, high, bits);
        slots[slot] = low;
        slots[slot + 1] = high;
        slots[slot + 2] = inline;
        slots[slot + 3] = meta;
        used++;
    }

    private void grow() {
        if (bits == MOST_BITS) {
            clear(bits);
            return;
        }
        long[] old = slots;
        int known = used;
        int knownOthers = othersUsed;
        clear(bits + 1);
        for (int slot = 0; slot < old.length; slot += SLOT) {
            if (old[slot + 3] != 0) {
                System.arraycopy(old, slot, slots, free(slots, old[slot], old[slot + 1], bits), SLOT);
            }
        }
        used = known;
        othersUsed = knownOthers;
    }

    private void clear(int newBits) {
        if (newBits == bits) {
            Arrays.fill(slots, 0);
        } else {
            bits = newBits;
            slots = new long[SLOT << bits];
        }
        used = 0;
        othersUsed = 0;
    }

    private static int free(long[] slots, long low, long high, int bits) {
        int slot = slot(low, high, bits);
        while (slots[slot + 3] != 0) {
            slot = (slot + SLOT) & (slots.length - 1);
        }
        return slot;
    }

    static int slot(long low, long high, int bits) {
        long mixed = (low ^ (high * 0xC2B2AE3D27D4EB4FL)) * 0x9E3779B97F4A7C15L;
        return (int) (mixed >>> (Long.SIZE - bits)) * SLOT;
    }
}
