package io.nanogpt.tokenizer;

import io.nanogpt.tokenizer.Tokenizer.TokenStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.BitSet;

/**
 * The compression of a text by a tokenizer.
 *
 * @param bytes bytes of the text in UTF-8
 * @param words runs of bytes without ASCII white space
 * @param tokens tokens of the text
 * @param idsUsed distinct ids among them
 * @param vocabularySize vocabulary size of the tokenizer
 */
public record CompressionReport(long bytes, long words, long tokens, int idsUsed, int vocabularySize) {
    private static final int BUFFER = 1 << 16;

    /**
     * Measures the compression of a text of any length.
     *
     * @param utf8 the text, which is closed
     * @param threads at least 1; the result does not depend on it
     */
    public static CompressionReport measure(Tokenizer tokenizer, InputStream utf8, int threads) {
        CountingStream counted = new CountingStream(utf8);
        BitSet used = new BitSet(tokenizer.vocabularySize());
        long tokens = 0;
        try (TokenStream stream = tokenizer.stream(counted, threads)) {
            int[] ids = new int[BUFFER];
            for (int count = stream.read(ids, 0, BUFFER); count > 0; count = stream.read(ids, 0, BUFFER)) {
                tokens += count;
                for (int i = 0; i < count; i++) {
                    used.set(ids[i]);
                }
            }
        }
        return new CompressionReport(
                counted.bytes, counted.words, tokens, used.cardinality(), tokenizer.vocabularySize());
    }

    /** Returns the mean number of bytes per token; 0 for an empty text. */
    public double bytesPerToken() {
        return tokens == 0 ? 0 : (double) bytes / tokens;
    }

    /** Returns the mean number of tokens per word; 0 for a text without words. */
    public double tokensPerWord() {
        return words == 0 ? 0 : (double) tokens / words;
    }

    /** Returns the share of the vocabulary that occurs in the text, from 0 to 1. */
    public double vocabularyUse() {
        return (double) idsUsed / vocabularySize;
    }

    /** Counts bytes and words while they are read. */
    private static final class CountingStream extends FilterInputStream {
        private long bytes;
        private long words;
        private boolean inWord;

        CountingStream(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int count = super.read(buffer, offset, length);
            for (int i = offset; i < offset + count; i++) {
                boolean space = buffer[i] == ' ' || (buffer[i] >= '\t' && buffer[i] <= '\r');
                if (!space && !inWord) {
                    words++;
                }
                inWord = !space;
            }
            bytes += Math.max(0, count);
            return count;
        }
    }
}
