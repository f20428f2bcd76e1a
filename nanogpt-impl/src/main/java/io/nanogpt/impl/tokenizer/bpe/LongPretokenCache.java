package io.nanogpt.impl.tokenizer.bpe;

import java.util.Arrays;

/** The ids of words that are too long for {@link PretokenCache}. */
final class LongPretokenCache {
    /** The bytes of the longest word. */
    static final int LONGEST = 256;

    private static final int MOST_WORDS = 1 << 15;

    private final LongPretokens words = new LongPretokens();
    /** Where the ids of a word end; they begin where those of the word before end. */
    private int[] ends = new int[1 << 8];

    private int[] ids = new int[1 << 10];

    /** A word that was not known before its number was asked for has no ids until they are put. */
    private int known;

    /** The number of a word, to be known with {@link #isKnown}. */
    int number(byte[] text, int from, int length) {
        if (words.size() == MOST_WORDS) {
            words.clear();
            known = 0;
        }
        return words.add(text, from, length);
    }

    boolean isKnown(int word) {
        return word < known;
    }

    /** Copies the ids of a known word and returns how many. */
    int copy(int word, int[] out, int at) {
        int start = word == 0 ? 0 : ends[word - 1];
        System.arraycopy(ids, start, out, at, ends[word] - start);
        return ends[word] - start;
    }

    /** Enters the ids of the last word that was asked for and is not known. */
    void put(int[] from, int at, int count) {
        int start = known == 0 ? 0 : ends[known - 1];
        if (known == ends.length) {
            ends = Arrays.copyOf(ends, 2 * known);
        }
        if (start + count > ids.length) {
            ids = Arrays.copyOf(ids, Math.max(start + count, 2 * ids.length));
        }
        System.arraycopy(from, at, ids, start, count);
        ends[known++] = start + count;
    }
}
