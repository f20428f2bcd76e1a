package io.nanogpt.impl.tokenizer.bpe;

import io.nanogpt.impl.tokenizer.pretokenize.Utf8;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;

/** Finds special tokens in text: the first, and of those that begin at the same place the longest. */
public final class SpecialTokens {
    static final int ABSENT = -1;

    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;

    private final List<SpecialToken> tokens;
    /** Longest first. */
    private final byte[][] bytes;

    private final int[] ids;
    private final boolean[] begins = new boolean[256];
    /** The byte with which every token begins, or -1 where there are several. */
    private int onlyFirst = ABSENT;

    private final int longest;

    SpecialTokens(List<SpecialToken> tokens) {
        this.tokens = tokens.stream()
                .sorted(Comparator.comparingInt(SpecialToken::id))
                .toList();
        List<SpecialToken> longestFirst = tokens.stream()
                .sorted(Comparator.comparingInt((SpecialToken token) -> utf8(token).length)
                        .reversed())
                .toList();
        bytes = longestFirst.stream().map(SpecialTokens::utf8).toArray(byte[][]::new);
        ids = longestFirst.stream().mapToInt(SpecialToken::id).toArray();
        longest = bytes.length == 0 ? 0 : bytes[0].length;
        int firsts = 0;
        for (byte[] token : bytes) {
            firsts += begins[token[0] & 0xFF] ? 0 : 1;
            begins[token[0] & 0xFF] = true;
        }
        if (firsts == 1) {
            onlyFirst = bytes[0][0] & 0xFF;
        }
    }

    private static byte[] utf8(SpecialToken token) {
        return token.text().getBytes(StandardCharsets.UTF_8);
    }

    /** The tokens in the order of their ids. */
    List<SpecialToken> tokens() {
        return tokens;
    }

    /** The place of the first token that lies between two places, or {@code to}. */
    int find(byte[] text, int from, int to) {
        if (bytes.length == 0) {
            return to;
        }
        for (int at = candidate(text, from, to); at < to; at = candidate(text, at + 1, to)) {
            if (match(text, at, to) >= 0) {
                return at;
            }
        }
        return to;
    }

    /** The index of the token that begins at a place and ends before {@code to}, or {@link #ABSENT}. */
    int match(byte[] text, int at, int to) {
        for (int index = 0; index < bytes.length; index++) {
            if (at + bytes[index].length <= to && startsWith(text, at, bytes[index], bytes[index].length)) {
                return index;
            }
        }
        return ABSENT;
    }

    int id(int index) {
        return ids[index];
    }

    int length(int index) {
        return bytes[index].length;
    }

    /** Whether a token may begin before a place and end after it. */
    boolean mayReachOver(byte[] text, int from, int at, int to) {
        for (int start = Math.max(from, at - longest + 1); start < at; start++) {
            if (begins[text[start] & 0xFF] && reaches(text, start, at, to)) {
                return true;
            }
        }
        return false;
    }

    private boolean reaches(byte[] text, int start, int at, int to) {
        for (byte[] token : bytes) {
            if (start + token.length > at && startsWith(text, start, token, Math.min(token.length, to - start))) {
                return true;
            }
        }
        return false;
    }

    private static boolean startsWith(byte[] text, int at, byte[] token, int length) {
        for (int i = 0; i < length; i++) {
            if (text[at + i] != token[i]) {
                return false;
            }
        }
        return true;
    }

    private int candidate(byte[] text, int from, int to) {
        int at = from;
        if (onlyFirst >= 0) {
            long pattern = onlyFirst * ONES;
            while (at <= to - Long.BYTES) {
                long other = (long) Utf8.LONG.get(text, at) ^ pattern;
                if (((other - ONES) & ~other & HIGH_BITS) != 0) {
                    break;
                }
                at += Long.BYTES;
            }
        }
        while (at < to && !begins[text[at] & 0xFF]) {
            at++;
        }
        return at;
    }

    /**
     * A token that is found in the text before anything else.
     *
     * @param special the flag in tokenizer files: whether it is a marker, which decoders may leave out
     */
    public record SpecialToken(String text, int id, boolean special) {}
}
