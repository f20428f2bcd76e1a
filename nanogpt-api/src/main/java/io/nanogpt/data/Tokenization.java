package io.nanogpt.data;

import io.nanogpt.spi.Library;
import io.nanogpt.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * Turns a text file of any size into a token file, on several threads and in memory that does not grow with it. Beside the
 * ids, raw or {@code .npy} by the name, goes a side file with the number of ids, their type and a hash of the tokenizer.
 *
 * <pre>{@code
 * Tokenization.with(tokenizer).withCleaning(Cleaning.dropSpeakers()).write(Path.of("plays.txt"), Path.of("plays.bin"));
 * }</pre>
 *
 * @param tokenizer makes the ids
 * @param dtype how an id is kept; the smallest that the vocabulary fits in by default
 * @param cleaning of the text before; none by default
 * @param threads at least 1, all processors by default; the file does not depend on it
 * @param progress told now and then how far it is
 */
public record Tokenization(Tokenizer tokenizer, TokenDtype dtype, Cleaning cleaning, int threads, Progress progress) {
    /** Hears how far it is, on the thread that writes. */
    @FunctionalInterface
    public interface Progress {
        /**
         * Another few blocks are written.
         *
         * @param bytes of the text that were read
         * @param allBytes of the text
         * @param tokens that were written
         */
        void written(long bytes, long allBytes, long tokens);
    }

    /**
     * What was done.
     *
     * @param tokens that were written
     * @param bytes of the text
     * @param seconds that it took
     */
    public record Report(long tokens, long bytes, double seconds) {}

    public Tokenization {
        Objects.requireNonNull(tokenizer, "tokenizer");
        Objects.requireNonNull(dtype, "dtype");
        Objects.requireNonNull(cleaning, "cleaning");
        Objects.requireNonNull(progress, "progress");
        if (tokenizer.vocabularySize() > dtype.largestVocabulary()) {
            throw new IllegalArgumentException("ids of type " + dtype + " hold a vocabulary of at most "
                    + dtype.largestVocabulary() + ", but the tokenizer has " + tokenizer.vocabularySize()
                    + " ids; use " + TokenDtype.of(tokenizer.vocabularySize()));
        }
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be at least 1, but is " + threads);
        }
    }

    /** With the defaults. */
    public static Tokenization with(Tokenizer tokenizer) {
        Objects.requireNonNull(tokenizer, "tokenizer");
        return new Tokenization(
                tokenizer,
                TokenDtype.of(tokenizer.vocabularySize()),
                Cleaning.of(List.of()),
                Runtime.getRuntime().availableProcessors(),
                (bytes, allBytes, tokens) -> {});
    }

    /** Another type of ids. */
    public Tokenization withDtype(TokenDtype dtype) {
        return new Tokenization(tokenizer, dtype, cleaning, threads, progress);
    }

    /** Cleans the text before. */
    public Tokenization withCleaning(Cleaning cleaning) {
        return new Tokenization(tokenizer, dtype, cleaning, threads, progress);
    }

    /** Another number of threads. */
    public Tokenization withThreads(int threads) {
        return new Tokenization(tokenizer, dtype, cleaning, threads, progress);
    }

    /** Somebody who hears of the progress. */
    public Tokenization withProgress(Progress progress) {
        return new Tokenization(tokenizer, dtype, cleaning, threads, progress);
    }

    /**
     * Writes the ids of a text.
     *
     * @param text UTF-8
     * @param tokens replaced when all is done; a name that ends with {@code .npy} makes NumPy's format, any other raw ids
     * @throws io.nanogpt.NanogptException if the text is not UTF-8
     * @throws IllegalArgumentException if the tokenizer refuses a character
     */
    public Report write(Path text, Path tokens) {
        return Library.get()
                .tokenFiles()
                .write(this, Objects.requireNonNull(text, "text"), Objects.requireNonNull(tokens, "tokens"));
    }

    /** How a token file keeps an id, little-endian. */
    public enum TokenDtype {
        /** Two bytes, for vocabularies up to 65,536. */
        UINT16(Short.BYTES, 1 << Short.SIZE, "uint16", "<u2"),
        /** Four bytes. */
        INT32(Integer.BYTES, Integer.MAX_VALUE, "int32", "<i4");

        private final int bytes;
        private final int largestVocabulary;
        private final String label;
        private final String numpy;

        TokenDtype(int bytes, int largestVocabulary, String label, String numpy) {
            this.bytes = bytes;
            this.largestVocabulary = largestVocabulary;
            this.label = label;
            this.numpy = numpy;
        }

        /** The smallest that holds the ids of a vocabulary. */
        public static TokenDtype of(int vocabularySize) {
            return vocabularySize <= UINT16.largestVocabulary ? UINT16 : INT32;
        }

        /** Bytes of an id. */
        public int bytes() {
            return bytes;
        }

        /** The most ids that a vocabulary may have. */
        public int largestVocabulary() {
            return largestVocabulary;
        }

        /** The name in the header of a {@code .npy} file, for example {@code <u2}. */
        public String numpy() {
            return numpy;
        }

        /** As NumPy calls it, for example {@code uint16}. */
        @Override
        public String toString() {
            return label;
        }
    }
}
