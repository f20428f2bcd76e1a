package io.nanogpt.data;

import io.nanogpt.spi.Library;
import io.nanogpt.spi.Threads;
import io.nanogpt.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * Conversion of a text file of any size into a token file, on several threads and in bounded memory. The ids, raw or
 * {@code .npy} by the file name, are accompanied by a metadata file with the number of ids, their type and a hash of
 * the tokenizer. Immutable.
 *
 * <pre>{@code
 * Tokenization.with(tokenizer).withCleaning(Cleaning.dropSpeakers()).write(Path.of("plays.txt"), Path.of("plays.bin"));
 * }</pre>
 *
 * @param tokenizer the tokenizer
 * @param dtype the type of ids in the file; by default the smallest that fits the vocabulary
 * @param cleaning applied to the text first; none by default
 * @param threads at least 1, all processors by default; the file does not depend on it
 * @param progress callback after every few blocks; none by default
 */
public record Tokenization(Tokenizer tokenizer, TokenDtype dtype, Cleaning cleaning, int threads, Progress progress) {
    /** A progress callback, called on the writing thread. */
    @FunctionalInterface
    public interface Progress {
        /**
         * Called after every few blocks.
         *
         * @param bytes bytes of the text read so far
         * @param allBytes bytes of the whole text
         * @param tokens tokens written so far
         */
        void written(long bytes, long allBytes, long tokens);
    }

    /**
     * The result of a conversion.
     *
     * @param tokens tokens written
     * @param bytes bytes of the text
     * @param seconds duration
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
        Threads.require(threads);
    }

    /** Returns a conversion with the defaults. */
    public static Tokenization with(Tokenizer tokenizer) {
        Objects.requireNonNull(tokenizer, "tokenizer");
        return new Tokenization(
                tokenizer,
                TokenDtype.of(tokenizer.vocabularySize()),
                Cleaning.of(List.of()),
                Runtime.getRuntime().availableProcessors(),
                (bytes, allBytes, tokens) -> {});
    }

    /** Returns a copy with this type of ids. */
    public Tokenization withDtype(TokenDtype dtype) {
        return new Tokenization(tokenizer, dtype, cleaning, threads, progress);
    }

    /** Returns a copy that cleans the text first. */
    public Tokenization withCleaning(Cleaning cleaning) {
        return new Tokenization(tokenizer, dtype, cleaning, threads, progress);
    }

    /** Returns a copy with this number of threads. */
    public Tokenization withThreads(int threads) {
        return new Tokenization(tokenizer, dtype, cleaning, threads, progress);
    }

    /** Returns a copy with this progress callback. */
    public Tokenization withProgress(Progress progress) {
        return new Tokenization(tokenizer, dtype, cleaning, threads, progress);
    }

    /**
     * Converts a text file.
     *
     * @param text the text file, UTF-8
     * @param tokens the token file, replaced when the conversion is complete; NumPy's format if its name ends with
     *     {@code .npy}, raw ids otherwise
     * @throws io.nanogpt.NanogptException if the text is not UTF-8
     * @throws IllegalArgumentException if the tokenizer refuses a character
     */
    public Report write(Path text, Path tokens) {
        return Library.get()
                .tokenFiles()
                .write(this, Objects.requireNonNull(text, "text"), Objects.requireNonNull(tokens, "tokens"));
    }

    /** The type of ids in a token file, little-endian. */
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

        /** Returns the smallest type that fits a vocabulary. */
        public static TokenDtype of(int vocabularySize) {
            return vocabularySize <= UINT16.largestVocabulary ? UINT16 : INT32;
        }

        /** Returns the bytes per id. */
        public int bytes() {
            return bytes;
        }

        /** Returns the largest vocabulary size that fits. */
        public int largestVocabulary() {
            return largestVocabulary;
        }

        /** Returns the name in the header of a {@code .npy} file, for example {@code <u2}. */
        public String numpy() {
            return numpy;
        }

        /** Returns NumPy's name, for example {@code uint16}. */
        @Override
        public String toString() {
            return label;
        }
    }
}
