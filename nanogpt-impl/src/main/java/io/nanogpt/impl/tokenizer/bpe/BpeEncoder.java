package io.nanogpt.impl.tokenizer.bpe;

import io.nanogpt.NanogptInterruptedException;
import io.nanogpt.impl.tokenizer.pretokenize.Splitter;
import java.util.Arrays;

/** Encodes UTF-8 and caches the ids of pre-tokens. For one thread at a time. */
public final class BpeEncoder {
    /** Number of bytes that must follow a text in its array: pre-tokens are read sixteen bytes at once. */
    public static final int SLACK = 2 * Long.BYTES;

    static final int PIECES_AT_ONCE = 512;
    private static final int BATCHES_BETWEEN_CHECKS = 64;
    /** Most ids to keep room for, more than a block of text has. */
    private static final int MOST_KEPT = 1 << 20;

    private final TokenTable tokens;
    private final boolean wholePretokens;
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
        this.wholePretokens = model.wholePretokens();
        this.specials = specials;
        this.splitter = splitter;
        this.merger = new PretokenMerger(pairs, model.byteIds());
    }

    /** The splitter, unused while nothing is encoded. */
    Splitter splitter() {
        return splitter;
    }

    /** The ids since {@link #clear}, of which the first {@link #count} are valid. */
    int[] ids() {
        return ids;
    }

    int count() {
        return count;
    }

    void clear() {
        count = 0;
    }

    /** Releases the memory that a long text needed. */
    void rest() {
        count = 0;
        if (ids.length > MOST_KEPT) {
            ids = new int[2 * PIECES_AT_ONCE];
        }
    }

    /** Returns the array of ids and replaces it by another. */
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
        int batches = 0;
        for (int pretokens = splitter.next(ends); pretokens > 0; pretokens = splitter.next(ends)) {
            reserve(ends[pretokens - 1] - start);
            encodePretokens(text, start, pretokens);
            start = ends[pretokens - 1];
            if (++batches % BATCHES_BETWEEN_CHECKS == 0) {
                NanogptInterruptedException.check("encoding");
            }
        }
    }

    private void encodePretokens(byte[] text, int from, int pretokens) {
        int[] out = ids;
        int at = count;
        int start = from;
        for (int i = 0; i < pretokens; i++) {
            int end = ends[i];
            int known = end - start <= PretokenCache.LONGEST ? cache.copy(text, start, end - start, out, at) : 0;
            at += known > 0 ? known : encodePretoken(text, start, end, out, at);
            start = end;
        }
        count = at;
    }

    /** Encodes a pre-token that is not in the cache of short ones. */
    private int encodePretoken(byte[] text, int from, int to, int[] out, int at) {
        int length = to - from;
        if (length <= PretokenCache.LONGEST) {
            int count = merge(text, from, to, out, at);
            cache.put(text, from, length, out, at, count);
            return count;
        }
        if (length > LongPretokenCache.LONGEST) {
            return merge(text, from, to, out, at);
        }
        int pretoken = longCache.number(text, from, length);
        if (longCache.isKnown(pretoken)) {
            return longCache.copy(pretoken, out, at);
        }
        int count = merge(text, from, to, out, at);
        longCache.put(out, at, count);
        return count;
    }

    private int merge(byte[] text, int from, int to, int[] out, int at) {
        int whole = wholePretokens ? tokens.id(text, from, to) : TokenTable.ABSENT;
        if (whole == TokenTable.ABSENT) {
            return merger.merge(text, from, to, out, at);
        }
        out[at] = whole;
        return 1;
    }

    /** Makes room for one id per byte, and for what the cache writes beyond. */
    private void reserve(int bytes) {
        int needed = count + bytes + 2;
        if (needed > ids.length) {
            ids = Arrays.copyOf(ids, Math.max(needed, ids.length + (ids.length >> 1)));
        }
    }
}
