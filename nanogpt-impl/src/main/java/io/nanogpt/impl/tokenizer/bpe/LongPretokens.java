package io.nanogpt.impl.tokenizer.bpe;

import io.nanogpt.impl.tokenizer.pretokenize.Utf8;
import java.util.Arrays;

/** Numbers words of any length in the order in which they are met. Their bytes lie in a pool. */
final class LongPretokens {
    private byte[] pool = new byte[1 << 12];
    private int[] starts = new int[1 << 8];
    private int size;
    /** An open hash table of numbers of words, each one more. */
    private int[] table = new int[1 << 10];

    int size() {
        return size;
    }

    /** The bytes of all words. */
    byte[] bytes() {
        return pool;
    }

    /** Where a word begins among {@link #bytes}. */
    int start(int word) {
        return starts[word];
    }

    int length(int word) {
        return starts[word + 1] - starts[word];
    }

    /** The number of a word, which is {@link #size} where it is new. */
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
        for (int word = 0; word < size; word++) {
            table[slot(pool, starts[word], length(word))] = word + 1;
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

    private boolean equals(int word, byte[] text, int from, int length) {
        return Arrays.equals(pool, starts[word], starts[word + 1], text, from, from + length);
    }
}
