package io.nanogpt.impl.tokenizer.pretokenize;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** UTF-8 in byte arrays. */
public final class Utf8 {
    /** Eight bytes of an array as one number, the first byte lowest. */
    public static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long HIGH_BITS = 0x8080808080808080L;

    private static final char REPLACEMENT = '\uFFFD';

    private Utf8() {}

    /** The code point at a place of valid UTF-8. */
    static int codePoint(byte[] text, int at) {
        int first = text[at];
        if (first >= 0) {
            return first;
        }
        if (first < (byte) 0xE0) {
            return ((first & 0x1F) << 6) | (text[at + 1] & 0x3F);
        }
        if (first < (byte) 0xF0) {
            return ((first & 0x0F) << 12) | ((text[at + 1] & 0x3F) << 6) | (text[at + 2] & 0x3F);
        }
        return ((first & 0x07) << 18)
                | ((text[at + 1] & 0x3F) << 12)
                | ((text[at + 2] & 0x3F) << 6)
                | (text[at + 3] & 0x3F);
    }

    /** The bytes of the character that begins at a place of valid UTF-8. */
    static int length(byte first) {
        if (first >= 0) {
            return 1;
        }
        return first < (byte) 0xE0 ? 2 : first < (byte) 0xF0 ? 3 : 4;
    }

    /** The start of the character before a place of valid UTF-8. */
    static int before(byte[] text, int at) {
        int start = at - 1;
        while ((text[start] & 0xC0) == 0x80) {
            start--;
        }
        return start;
    }

    /** The place of the first byte that is not UTF-8, or {@code to}; a character that {@code to} cuts is not. */
    public static int firstInvalid(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to) {
            while (at <= to - Long.BYTES && ((long) LONG.get(bytes, at) & HIGH_BITS) == 0) {
                at += Long.BYTES;
            }
            if (at < to && bytes[at] >= 0) {
                at++;
            } else if (at < to) {
                int length = validLength(bytes, at, to);
                if (length == 0) {
                    return at;
                }
                at += length;
            }
        }
        return to;
    }

    /** The length of the character beyond ASCII at a place, or 0 where there is none. */
    private static int validLength(byte[] bytes, int at, int to) {
        int first = bytes[at] & 0xFF;
        int length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
        if (first < 0xC2 || first > 0xF4 || at + length > to) {
            return 0;
        }
        for (int i = 1; i < length; i++) {
            if ((bytes[at + i] & 0xC0) != 0x80) {
                return 0;
            }
        }
        int second = bytes[at + 1] & 0xFF;
        boolean overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
        boolean surrogate = first == 0xED && second >= 0xA0;
        boolean tooLarge = first == 0xF4 && second >= 0x90;
        return overlong || surrogate || tooLarge ? 0 : length;
    }

    /** The end of the last complete character: the start of an incomplete one at the end, or {@code to}. */
    public static int wholeCharacters(byte[] bytes, int from, int to) {
        for (int start = to - 1; start >= Math.max(from, to - 3); start--) {
            if ((bytes[start] & 0xC0) != 0x80) {
                return start + length(bytes[start]) > to ? start : to;
            }
        }
        return to;
    }

    /**
     * Writes characters as UTF-8; halves of surrogate pairs become U+FFFD.
     *
     * @param out has room for three bytes per character from {@code from} on
     * @return the end of the bytes
     */
    public static int write(char[] text, int length, byte[] out, int from) {
        int to = from;
        int i = 0;
        while (i < length) {
            char c = text[i++];
            if (c < 0x80) {
                out[to++] = (byte) c;
            } else if (c < 0x800) {
                out[to++] = (byte) (0xC0 | (c >> 6));
                out[to++] = (byte) (0x80 | (c & 0x3F));
            } else if (Character.isHighSurrogate(c) && i < length && Character.isLowSurrogate(text[i])) {
                to = writeFour(Character.toCodePoint(c, text[i++]), out, to);
            } else {
                int valid = Character.isSurrogate(c) ? REPLACEMENT : c;
                out[to++] = (byte) (0xE0 | (valid >> 12));
                out[to++] = (byte) (0x80 | ((valid >> 6) & 0x3F));
                out[to++] = (byte) (0x80 | (valid & 0x3F));
            }
        }
        return to;
    }

    private static int writeFour(int codePoint, byte[] out, int to) {
        out[to] = (byte) (0xF0 | (codePoint >> 18));
        out[to + 1] = (byte) (0x80 | ((codePoint >> 12) & 0x3F));
        out[to + 2] = (byte) (0x80 | ((codePoint >> 6) & 0x3F));
        out[to + 3] = (byte) (0x80 | (codePoint & 0x3F));
        return to + 4;
    }
}
