package io.nanogpt.examples.benchmarks.hostile;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Changes of bytes without knowledge of their meaning, but with a liking for the ends of a file and for limits of integers. */
final class ByteMutation {
    private static final long[] LIMITS = {
        0,
        1,
        -1,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        1L << 31,
        1L << 32,
        1L << 40,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        100_000_000,
        0x7FF0000000000000L,
        0x7FC00000L
    };
    private static final byte[] LIKED = {0, -1, 127, -128, 1, '"', '[', '{', '.', '-', '\n', ','};
    private static final int EDGE = 600;
    private static final int LONG_PIECE = 1000;
    private static final int SHORT_PIECE = 16;

    private ByteMutation() {}

    static byte[] mutate(byte[] bytes, SplittableRandom random) {
        if (bytes.length == 0) {
            return piece(random);
        }
        int at = position(bytes, random);
        int rest = bytes.length - at;
        int length = Math.min(rest, 1 + random.nextInt(random.nextInt(4) == 0 ? LONG_PIECE : SHORT_PIECE));
        return switch (random.nextInt(8)) {
            case 0 -> set(bytes, at, (byte) (bytes[at] ^ (1 << random.nextInt(Byte.SIZE))));
            case 1 -> set(bytes, at, LIKED[random.nextInt(LIKED.length)]);
            case 2 -> set(bytes, at, (byte) random.nextInt());
            case 3 -> Arrays.copyOf(bytes, at);
            case 4 -> number(bytes, at, random);
            case 5 -> splice(bytes, at, at + length, new byte[0]);
            case 6 -> splice(bytes, at, at, Arrays.copyOfRange(bytes, at, at + length));
            default -> splice(bytes, at, at, piece(random));
        };
    }

    /** Replaces a part of an array. */
    static byte[] splice(byte[] bytes, int from, int to, byte[] replacement) {
        byte[] result = new byte[bytes.length - (to - from) + replacement.length];
        System.arraycopy(bytes, 0, result, 0, from);
        System.arraycopy(replacement, 0, result, from, replacement.length);
        System.arraycopy(bytes, to, result, from + replacement.length, bytes.length - to);
        return result;
    }

    private static byte[] piece(SplittableRandom random) {
        byte[] piece = new byte[1 + random.nextInt(SHORT_PIECE)];
        random.nextBytes(piece);
        return piece;
    }

    private static byte[] set(byte[] bytes, int at, byte value) {
        byte[] result = bytes.clone();
        result[at] = value;
        return result;
    }

    /** A little-endian integer at the limit of a type, or near the length of the file. */
    private static byte[] number(byte[] bytes, int at, SplittableRandom random) {
        byte[] result = bytes.clone();
        int choice = random.nextInt(LIMITS.length + 2);
        long value = choice < LIMITS.length ? LIMITS[choice] : bytes.length - (choice - LIMITS.length) * 8L;
        int width = 2 << random.nextInt(3);
        for (int i = 0; i < width && at + i < result.length; i++) {
            result[at + i] = (byte) (value >>> (Byte.SIZE * i));
        }
        return result;
    }

    private static int position(byte[] bytes, SplittableRandom random) {
        int edge = Math.min(bytes.length, EDGE);
        return switch (random.nextInt(4)) {
            case 0 -> random.nextInt(edge);
            case 1 -> bytes.length - 1 - random.nextInt(edge);
            default -> random.nextInt(bytes.length);
        };
    }
}
