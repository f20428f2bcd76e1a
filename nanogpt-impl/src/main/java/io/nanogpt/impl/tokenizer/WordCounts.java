package io.nanogpt.impl.tokenizer;

import java.util.Arrays;

/** How often each word was met. Words of up to sixteen bytes lie as two numbers in an open hash table, others in a pool. */
final class WordCounts {
    private static final int SLOT = 4;
    private static final int FIRST_BITS = 14;

    private int bits = FIRST_BITS;
    private long[] slots = new long[SLOT << FIRST_BITS];
    private int used;
    private final LongWordCounts longWords = new LongWordCounts();

    /** Takes a word and its count. */
    @FunctionalInterface
    interface Visitor {
        /** A word of {@code length} bytes from {@code from} on. */
        void word(byte[] bytes, int from, int length, long count);
    }

    /**
     * Counts a word.
     *
     * @param text has at least sixteen bytes from {@code from} on
     */
    void add(byte[] text, int from, int length, long count) {
        if (length > WordCache.LONGEST) {
            longWords.add(text, from, length, count);
            return;
        }
        long low = (long) Utf8.LONG.get(text, from) & WordCache.LOW_MASKS[length];
        long high = (long) Utf8.LONG.get(text, from + Long.BYTES) & WordCache.HIGH_MASKS[length];
        long[] table = slots;
        int mask = table.length - 1;
        int slot = WordCache.slot(low, high, bits);
        while (table[slot + 3] != length || table[slot] != low || table[slot + 1] != high) {
            if (table[slot + 3] == 0) {
                enter(slot, low, high, length, count);
                return;
            }
            slot = (slot + SLOT) & mask;
        }
        table[slot + 2] += count;
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
                int free = WordCache.slot(old[slot], old[slot + 1], bits);
                while (slots[free + 3] != 0) {
                    free = (free + SLOT) & (slots.length - 1);
                }
                System.arraycopy(old, slot, slots, free, SLOT);
            }
        }
    }

    /** Visits every word once. */
    void forEach(Visitor visitor) {
        byte[] word = new byte[WordCache.LONGEST];
        for (int slot = 0; slot < slots.length; slot += SLOT) {
            if (slots[slot + 3] != 0) {
                Utf8.LONG.set(word, 0, slots[slot]);
                Utf8.LONG.set(word, Long.BYTES, slots[slot + 1]);
                visitor.word(word, 0, (int) slots[slot + 3], slots[slot + 2]);
            }
        }
        longWords.forEach(visitor);
    }

    /** Adds what another one counted. */
    void addAll(WordCounts other) {
        other.forEach(this::add);
    }

    /** Words of more than sixteen bytes. */
    private static final class LongWordCounts {
        private byte[] pool = new byte[1 << 12];
        private int poolUsed;
        private int[] starts = new int[1 << 8];
        private long[] counts = new long[1 << 8];
        private int size;
        /** An open hash table of numbers of words, each one more. */
        private int[] table = new int[1 << 10];

        void add(byte[] text, int from, int length, long count) {
            int slot = slot(text, from, length);
            int word = table[slot] == 0 ? enter(slot, text, from, length) : table[slot] - 1;
            counts[word] += count;
        }

        private int enter(int slot, byte[] text, int from, int length) {
            if (size + 2 > starts.length) {
                starts = Arrays.copyOf(starts, 2 * starts.length);
                counts = Arrays.copyOf(counts, 2 * counts.length);
            }
            if (poolUsed + length > pool.length) {
                pool = Arrays.copyOf(pool, Math.max(poolUsed + length, pool.length + (pool.length >> 1)));
            }
            System.arraycopy(text, from, pool, poolUsed, length);
            starts[size] = poolUsed;
            poolUsed += length;
            starts[++size] = poolUsed;
            table[slot] = size;
            if (2 * size > table.length) {
                rehash();
            }
            return size - 1;
        }

        private void rehash() {
            table = new int[2 * table.length];
            for (int word = 0; word < size; word++) {
                table[slot(pool, starts[word], starts[word + 1] - starts[word])] = word + 1;
            }
        }

        private int slot(byte[] text, int from, int length) {
            long hash = length;
            int at = from;
            for (; at <= from + length - Long.BYTES; at += Long.BYTES) {
                hash = (hash ^ (long) Utf8.LONG.get(text, at)) * 0x9E3779B97F4A7C15L;
                hash ^= hash >>> 29;
            }
            for (; at < from + length; at++) {
                hash = (hash ^ text[at]) * 0x9E3779B97F4A7C15L;
            }
            int mask = table.length - 1;
            int slot = (int) (hash >>> 37) & mask;
            while (table[slot] != 0 && !equals(table[slot] - 1, text, from, length)) {
                slot = (slot + 1) & mask;
            }
            return slot;
        }

        private boolean equals(int word, byte[] text, int from, int length) {
            return Arrays.equals(pool, starts[word], starts[word + 1], text, from, from + length);
        }

        void forEach(Visitor visitor) {
            for (int word = 0; word < size; word++) {
                visitor.word(pool, starts[word], starts[word + 1] - starts[word], counts[word]);
            }
        }
    }
}
