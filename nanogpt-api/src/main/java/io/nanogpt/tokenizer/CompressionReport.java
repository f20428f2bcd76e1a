package io.nanogpt.tokenizer;

import io.nanogpt.tokenizer.Tokenizer.TokenStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.BitSet;

/**
 * How a tokenizer does on a text.
 *
 * @param bytes of the text in UTF-8
 * @param words runs of bytes without ASCII white space
 * @param tokens ids that the text becomes
 * @param idsUsed different ids among them
 * @param vocabularySize ids that there are
 */
public record CompressionReport(long bytes, long words, long tokens, int idsUsed, int vocabularySize) {
    private static final int BUFFER = 1 << 16;

    /**
     * Measures a tokenizer on a text of any length.
     *
     * @param utf8 the text; closed at the end
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

    /** Bytes of text that a token stands for, on average; 0 for an empty text. */
    public double bytesPerToken() {
        return tokens == 0 ? 0 : (double) bytes / tokens;
    }

    /** Tokens that a word takes, on average; 0 for a text without words. */
    public double tokensPerWord() {
        return words == 0 ? 0 : (double) tokens / words;
    }

    /** Share of the vocabulary that the text uses, from 0 to 1. */
    public double vocabularyUse() {
        return (double) idsUsed / vocabularySize;
    }

    /** Counts bytes and words as they pass. */
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
