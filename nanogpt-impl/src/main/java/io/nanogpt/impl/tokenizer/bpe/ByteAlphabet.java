package io.nanogpt.impl.tokenizer.bpe;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * GPT-2's mapping of bytes to visible characters, used in vocabulary and merge files: bytes that are visible in Latin-1
 * map to themselves, the others to U+0100 and on.
 */
public final class ByteAlphabet {
    static final int SIZE = 256;

    private static final char[] CHARACTERS = new char[SIZE];
    private static final short[] BYTES;
    /** The bytes in the order of their characters, as at the start of trained vocabularies. */
    private static final byte[] IN_ORDER = new byte[SIZE];

    static {
        int next = SIZE;
        int visible = 0;
        for (int value = 0; value < SIZE; value++) {
            boolean isVisible = (value >= '!' && value <= '~') || (value >= 0xA1 && value != 0xAD);
            CHARACTERS[value] = (char) (isVisible ? value : next++);
            if (isVisible) {
                IN_ORDER[visible++] = (byte) value;
            }
        }
        BYTES = new short[next];
        Arrays.fill(BYTES, (short) -1);
        for (int value = 0; value < SIZE; value++) {
            BYTES[CHARACTERS[value]] = (short) value;
            if (CHARACTERS[value] >= SIZE) {
                IN_ORDER[visible++] = (byte) value;
            }
        }
    }

    private ByteAlphabet() {}

    /** The byte at an index of the alphabet. */
    static byte inOrder(int place) {
        return IN_ORDER[place];
    }

    public static String write(byte[] bytes, int from, int to) {
        char[] characters = new char[to - from];
        for (int i = from; i < to; i++) {
            characters[i - from] = CHARACTERS[bytes[i] & 0xFF];
        }
        return new String(characters);
    }

    /** The bytes of a text in UTF-8. */
    public static String ofUtf8(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return write(bytes, 0, bytes.length);
    }

    /** Whether all characters of a token are in the alphabet. */
    public static boolean isWritten(String token) {
        for (int i = 0; i < token.length(); i++) {
            char c = token.charAt(i);
            if (c >= BYTES.length || BYTES[c] < 0) {
                return false;
            }
        }
        return true;
    }

    /** The character of each byte. */
    public static String characters() {
        return new String(CHARACTERS);
    }

    /** The bytes of a token, or null where it has a character outside the alphabet. */
    public static byte @Nullable [] read(String token) {
        byte[] bytes = new byte[token.length()];
        for (int i = 0; i < bytes.length; i++) {
            char c = token.charAt(i);
            if (c >= BYTES.length || BYTES[c] < 0) {
                return null;
            }
            bytes[i] = (byte) BYTES[c];
        }
        return bytes;
    }
}
