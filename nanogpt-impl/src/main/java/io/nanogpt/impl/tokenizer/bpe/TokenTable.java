package io.nanogpt.impl.tokenizer.bpe;

import io.nanogpt.impl.tokenizer.pretokenize.Utf8;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The bytes of every token by id, and ids by bytes. Ids may have no token. */
public final class TokenTable {
    public static final int ABSENT = -1;

    private final byte[] bytes;
    private final int[] starts;
    /** The lengths in bytes; 0 for an id without a token. */
    private final int[] lengths;
    /** The first eight bytes of every token, so that decoding copies most of them with one store. */
    private final long[] heads;
    /** An open hash table of ids. */
    private final int[] slots;

    /**
     * Creates a table.
     *
     * @param tokens by id; null where there is none
     */
    public TokenTable(byte[] @Nullable [] tokens) {
        starts = new int[tokens.length + 1];
        lengths = new int[tokens.length];
        for (int id = 0; id < tokens.length; id++) {
            byte[] token = tokens[id];
            lengths[id] = token == null ? 0 : token.length;
            starts[id + 1] = starts[id] + lengths[id];
        }
        bytes = new byte[starts[tokens.length] + Long.BYTES];
        heads = new long[tokens.length];
        slots = new int[Integer.highestOneBit(Math.max(1, tokens.length)) * 4];
        Arrays.fill(slots, ABSENT);
        for (int id = 0; id < tokens.length; id++) {
            byte[] token = tokens[id];
            if (token != null) {
                System.arraycopy(token, 0, bytes, starts[id], token.length);
            }
        }
        for (int id = 0; id < tokens.length; id++) {
            heads[id] = (long) Utf8.LONG.get(bytes, starts[id]);
            if (lengths[id] > 0) {
                enter(id);
            }
        }
    }

    private void enter(int id) {
        int slot = slot(bytes, starts[id], starts[id + 1]);
        if (slots[slot] == ABSENT) {
            slots[slot] = id;
        }
    }

    /** The number of ids. */
    public int size() {
        return lengths.length;
    }

    public boolean contains(int id) {
        return id >= 0 && id < lengths.length && lengths[id] > 0;
    }

    public byte[] bytes(int id) {
        return Arrays.copyOfRange(bytes, starts[id], starts[id + 1]);
    }

    /** The token in GPT-2's alphabet. */
    public String written(int id) {
        return ByteAlphabet.write(bytes, starts[id], starts[id + 1]);
    }

    /** The id of a token, the lowest where there are several, or {@link #ABSENT}. */
    public int id(byte[] text, int from, int to) {
        return slots[slot(text, from, to)];
    }

    /** The id of a token, or {@link #ABSENT}. */
    public int id(byte[] token) {
        return id(token, 0, token.length);
    }

    private int slot(byte[] text, int from, int to) {
        int hash = 0;
        for (int i = from; i < to; i++) {
            hash = 31 * hash + text[i];
        }
        int mask = slots.length - 1;
        int slot = ((hash * 0x9E3779B9) >>> 7) & mask;
        while (slots[slot] != ABSENT && !equals(slots[slot], text, from, to)) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private boolean equals(int id, byte[] text, int from, int to) {
        return Arrays.equals(bytes, starts[id], starts[id + 1], text, from, to);
    }

    /** The total length of some ids in bytes, or -1 if one of them has no token. */
    long length(int[] ids) {
        long length = 0;
        boolean known = true;
        for (int id : ids) {
            int one = id >= 0 && id < lengths.length ? lengths[id] : 0;
            known &= one > 0;
            length += one;
        }
        return known ? length : -1;
    }

    /**
     * Writes the bytes of some ids.
     *
     * @param out has room for them and eight bytes more
     */
    void write(int[] ids, byte[] out) {
        int to = 0;
        for (int id : ids) {
            int length = lengths[id];
            Utf8.LONG.set(out, to, heads[id]);
            if (length > Long.BYTES) {
                System.arraycopy(bytes, starts[id], out, to, length);
            }
            to += length;
        }
    }
}
