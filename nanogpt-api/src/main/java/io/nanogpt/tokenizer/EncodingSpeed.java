package io.nanogpt.tokenizer;

import io.nanogpt.tokenizer.Tokenizer.TokenStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * The speed of a tokenizer on a text.
 *
 * @param bytes bytes of UTF-8 that were encoded
 * @param seconds the time that this took
 * @param threads the threads that encoded
 */
public record EncodingSpeed(long bytes, double seconds, int threads) {
    private static final int BUFFER = 1 << 16;
    private static final long WARM_UP = 1 << 18;
    private static final long MOST = 1 << 25;
    /** The time for which a measurement is planned. */
    private static final double SECONDS = 0.4;

    private static final double MEGABYTE = 1e6;

    /**
     * Encodes a text over and over for about half a second, after a warm-up. A text of more distinct words than this one
     * is encoded more slowly.
     *
     * @param threads at least 1
     * @throws IllegalArgumentException if the text is empty, or the tokenizer refuses it
     */
    public static EncodingSpeed measure(Tokenizer tokenizer, String text, int threads) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        if (utf8.length == 0) {
            throw new IllegalArgumentException("the text is empty; the speed of a tokenizer is measured on a text");
        }
        byte[] block = utf8.length < BUFFER ? repeated(utf8, (BUFFER + utf8.length - 1) / utf8.length) : utf8;
        EncodingSpeed cold = encode(tokenizer, block, WARM_UP, threads);
        long fitting = (long) (cold.bytes / Math.max(cold.seconds, 1e-9) * SECONDS);
        return encode(tokenizer, block, Math.max(block.length, Math.min(MOST, fitting)), threads);
    }

    private static byte[] repeated(byte[] text, int times) {
        byte[] all = new byte[text.length * times];
        for (int i = 0; i < times; i++) {
            System.arraycopy(text, 0, all, i * text.length, text.length);
        }
        return all;
    }

    private static EncodingSpeed encode(Tokenizer tokenizer, byte[] utf8, long bytes, int threads) {
        int[] ids = new int[BUFFER];
        long times = (bytes + utf8.length - 1) / utf8.length;
        long begin = System.nanoTime();
        try (TokenStream stream = tokenizer.stream(new RepeatedText(utf8, times), threads)) {
            while (stream.read(ids, 0, BUFFER) > 0) {
                // The ids are not kept.
            }
        }
        return new EncodingSpeed(times * utf8.length, (System.nanoTime() - begin) / 1e9, threads);
    }

    /** Returns the speed in megabytes, 1,000,000 bytes each, per second. */
    public double megabytesPerSecond() {
        return bytes / MEGABYTE / seconds;
    }

    /** Returns the seconds that a text of so many bytes would take at this speed. */
    public double secondsFor(double otherBytes) {
        return otherBytes / bytes * seconds;
    }

    /** A text, several times. */
    private static final class RepeatedText extends InputStream {
        private final byte[] text;
        private long left;
        private int position;

        RepeatedText(byte[] text, long times) {
            this.text = text;
            left = times * text.length;
        }

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) {
            if (left == 0) {
                return -1;
            }
            int count = (int) Math.min(left, Math.min(length, text.length - position));
            System.arraycopy(text, position, buffer, offset, count);
            position = (position + count) % text.length;
            left -= count;
            return count;
        }
    }
}
