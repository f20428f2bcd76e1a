package io.nanogpt.impl.tokenizer.bpe;

import io.nanogpt.impl.tokenizer.pretokenize.Utf8;
import java.util.Arrays;

/** Numbers pre-tokens of any length in the order of first occurrence. Their bytes are in a pool. */
final class LongPretokens {
    private byte[] pool = new byte[1 << 12];
    private int[] starts = new int[1 << 8];
    private int size;
    /** An open hash table of pre-token numbers plus one. */
    private int[] table = new int[1 << 10];

    int size() {
        return size;
    }

    /** The bytes of all pre-tokens. */
    byte[] bytes() {
        return pool;
    }

    /** The start of a pre-token in {@link #bytes}. */
    int start(int pretoken) {
        return starts[pretoken];
    }

    int length(int pretoken) {
        return starts[pretoken + 1] - starts[pretoken];
    }

    /** Returns the number of a pre-token, the previous {@link #size} if it is new. */
    int add(byte[] text, int from, int length) {
        int slot = slot(text, from, length);
        if (table[slot] > 0) {
            return table[slot] - 1;
        }
        int start = starts[size];
        if (size + 2 > starts.length) {
            starts = Arrays.copyOf(starts, 2 * starts.length);
        }
        if (start + length > pool.length) {
            pool = Arrays.copyOf(pool, Math.max(start + length, pool.length + (pool.length >> 1)));
        }
        System.arraycopy(text, from, pool, start, length);
        starts[++size] = start + length;
        table[slot] = size;
        if (2 * size > table.length) {
            rehash();
        }
        return size - 1;
    }

    void clear() {
        size = 0;
        Arrays.fill(table, 0);
    }

    private void rehash() {
        table = new int[2 * table.length];
        for (int pretoken = 0; pretoken < size; pretoken++) {
            table[slot(pool, starts[pretoken], length(pretoken))] = pretoken + 1;
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
        while (table[slot] > 0 && !equals(table[slot] - 1, text, from, length)) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private boolean equals(int pretoken, byte[] text, int from, int length) {
        return Arrays.equals(pool, starts[pretoken], starts[pretoken + 1], text, from, from + length);
    }
}
