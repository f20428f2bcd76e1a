package io.nanogpt.impl.jsonschema;

import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.stream.IntStream;

/** The tokens of a vocabulary as bytes of UTF-8, which may begin and end within a character. Immutable. */
public final class Vocabulary {
    /** The most bytes of a short token. Few tokens are longer, and most of those are lines of white space. */
    static final int SHORT = 16;

    private static final int ASCII = 0x80;

    private final int size;
    private final SortedTokens all;
    private final SortedTokens shortTokens;
    private final SortedTokens longTokens;
    private final byte[][] byId;
    private final boolean[] singleBytes = new boolean[256];
    /** The characters that are a token each. */
    private final BitSet characters = new BitSet();

    /**
     * Creates a vocabulary.
     *
     * @param byId the bytes of each token; empty for those that a JSON value never has
     */
    public Vocabulary(byte[][] byId) {
        this.byId = byId.clone();
        size = byId.length;
        int[] ids = IntStream.range(0, size).filter(id -> byId[id].length > 0).toArray();
        all = new SortedTokens(byId, ids);
        shortTokens = new SortedTokens(
                byId, IntStream.of(ids).filter(id -> byId[id].length <= SHORT).toArray());
        longTokens = new SortedTokens(
                byId, IntStream.of(ids).filter(id -> byId[id].length > SHORT).toArray());
        for (int id : ids) {
            add(byId[id]);
        }
    }

    /** The vocabulary of the 256 bytes, which can write every text. */
    static Vocabulary ofBytes() {
        return new Vocabulary(IntStream.range(0, 256)
                .mapToObj(value -> new byte[] {(byte) value})
                .toArray(byte[][]::new));
    }

    private void add(byte[] token) {
        if (token.length == 1) {
            singleBytes[token[0] & 0xFF] = true;
        }
        if (token.length <= 4) {
            String text = new String(token, StandardCharsets.UTF_8);
            int codePoint = text.codePointAt(0);
            if (Character.charCount(codePoint) == text.length() && codePoint != '\uFFFD') {
                characters.set(codePoint);
            }
        }
    }

    int size() {
        return size;
    }

    byte[] token(int id) {
        return byId[id];
    }

    SortedTokens all() {
        return all;
    }

    SortedTokens shortTokens() {
        return shortTokens;
    }

    SortedTokens longTokens() {
        return longTokens;
    }

    /** Whether a byte is a token. */
    boolean hasByte(int value) {
        return singleBytes[value];
    }

    /** The characters that are a token each. */
    BitSet characters() {
        return characters;
    }

    /** Whether a character is a token, or each of its bytes. */
    boolean canWrite(int codePoint) {
        if (characters.get(codePoint)) {
            return true;
        }
        for (byte value : Character.toString(codePoint).getBytes(StandardCharsets.UTF_8)) {
            if (!singleBytes[value & 0xFF]) {
                return false;
            }
        }
        return codePoint < ASCII || !Character.isBmpCodePoint(codePoint) || !Character.isSurrogate((char) codePoint);
    }
}
