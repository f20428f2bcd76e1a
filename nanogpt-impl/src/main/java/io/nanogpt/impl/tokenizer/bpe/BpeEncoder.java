package io.nanogpt.impl.tokenizer.bpe;

import io.nanogpt.impl.tokenizer.pretokenize.Splitter;
import java.util.Arrays;

/** Encodes bytes; remembers the words it met. For one thread at a time. */
public final class BpeEncoder {
    /** The bytes that must follow a text in its array: words are read sixteen bytes at once. */
    public static final int SLACK = 2 * Long.BYTES;

    static final int PIECES_AT_ONCE = 512;
    /** Ids of a block of text, and more. */
    private static final int MOST_KEPT = 1 << 20;

    private final TokenTable tokens;
    private final boolean wholeWords;
    private final SpecialTokens specials;
    private final Splitter splitter;
    private final PretokenMerger merger;
    private final PretokenCache cache = new PretokenCache();
    private final LongPretokenCache longCache = new LongPretokenCache();
    private final int[] ends = new int[PIECES_AT_ONCE];

    private int[] ids = new int[2 * PIECES_AT_ONCE];
    private int count;

    BpeEncoder(BpeModel model, SpecialTokens specials, PairTable pairs, Splitter splitter) {
        this.tokens = model.tokens();
        this.wholeWords = model.wholeWords();
        this.specials = specials;
        this.splitter = splitter;
        this.merger = new PretokenMerger(pairs, model.byteIds());
    }

    /** Not in use while nothing is encoded. */
    Splitter splitter() {
        return splitter;
    }

    /** The ids since {@link #clear}, of which {@link #count} count. */
    int[] ids() {
        return ids;
    }

    int count() {
        return count;
    }

    void clear() {
        count = 0;
    }

    /** Lets go of what a long text needed. */
    void rest() {
        count = 0;
        if (ids.length > MOST_KEPT) {
            ids = new int[2 * PIECES_AT_ONCE];
        }
    }

    /** Gives the array of ids away and takes another for it. */
    int[] exchangeIds(int[] other) {
        int[] full = ids;
        ids = other;
        count = 0;
        return full;
    }

    /** Adds the ids of a whole text of valid UTF-8 that {@link #SLACK} bytes follow. */
    void encode(byte[] text, int from, int to, boolean findSpecials) {
        int start = from;
        while (findSpecials && start < to) {
            int special = specials.find(text, start, to);
            encodeText(text, start, special);
            if (special == to) {
                return;
            }
            int index = specials.match(text, special, to);
            reserve(1);
            ids[count++] = specials.id(index);
            start = special + specials.length(index);
        }
        encodeText(text, start, to);
    }

    private void encodeText(byte[] text, int from, int to) {
        if (from == to) {
            return;
        }
        splitter.begin(text, from, to);
        int start = from;
        for (int pieces = splitter.next(ends); pieces > 0; pieces = splitter.next(ends)) {
            reserve(ends[pieces - 1] - start);
            encodePieces(text, start, pieces);
            start = ends[pieces - 1];
        }
    }

    private void encodePieces(byte[] text, int from, int pieces) {
        int[] out = ids;
        int at = count;
        int start = from;
        for (int i = 0; i < pieces; i++) {
            int end = ends[i];
            int known = end - start <= PretokenCache.LONGEST ? cache.copy(text, start, end - start, out, at) : 0;
            at += known > 0 ? known : encodePiece(text, start, end, out, at);
            start = end;
        }
        count = at;
    }

    /** A piece that is not in the cache of short words. */
    private int encodePiece(byte[] text, int from, int to, int[] out, int at) {
        int length = to - from;
        if (length <= PretokenCache.LONGEST) {
            int count = merge(text, from, to, out, at);
            cache.put(text, from, length, out, at, count);
            return count;
        }
        if (length > LongPretokenCache.LONGEST) {
            return merge(text, from, to, out, at);
        }
        int word = longCache.number(text, from, length);
        if (longCache.isKnown(word)) {
            return longCache.copy(word, out, at);
        }
        int count = merge(text, from, to, out, at);
        longCache.put(out, at, count);
        return count;
    }

    private int merge(byte[] text, int from, int to, int[] out, int at) {
        int whole = wholeWords ? tokens.id(text, from, to) : TokenTable.ABSENT;
        if (whole == TokenTable.ABSENT) {
            return merger.merge(text, from, to, out, at);
        }
        out[at] = whole;
        return 1;
    }

    /** Makes room for as many ids as bytes, and for what the cache writes beyond. */
    private void reserve(int bytes) {
        int needed = count + bytes + 2;
        if (needed > ids.length) {
            ids = Arrays.copyOf(ids, Math.max(needed, ids.length + (ids.length >> 1)));
        }
    }
}
