package io.nanogpt.impl.tokenizer.bpe;

import java.util.Arrays;

/** The ids of pre-tokens that are too long for {@link PretokenCache}. */
final class LongPretokenCache {
    /** Length of the longest pre-token in bytes. */
    static final int LONGEST = 256;

    private static final int MOST_PRETOKENS = 1 << 15;

    private final LongPretokens pretokens = new LongPretokens();
    /** The ends of the ids of each pre-token; they begin at the end of the previous one's. */
    private int[] ends = new int[1 << 8];

    private int[] ids = new int[1 << 10];

    /** Number of pre-tokens that have ids; the last one that was numbered may not have any yet. */
    private int known;

    /** Returns the number of a pre-token, which has ids if {@link #isKnown}. */
    int number(byte[] text, int from, int length) {
        if (pretokens.size() == MOST_PRETOKENS) {
            pretokens.clear();
            known = 0;
        }
        return pretokens.add(text, from, length);
    }

    boolean isKnown(int pretoken) {
        return pretoken < known;
    }

    /** Copies the ids of a known pre-token and returns how many. */
    int copy(int pretoken, int[] out, int at) {
        int start = pretoken == 0 ? 0 : ends[pretoken - 1];
        System.arraycopy(ids, start, out, at, ends[pretoken] - start);
        return ends[pretoken] - start;
    }

    /** Puts the ids of the last pre-token that was numbered and is not known. */
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
