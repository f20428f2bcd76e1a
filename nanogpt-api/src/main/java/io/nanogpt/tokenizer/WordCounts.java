package io.nanogpt.tokenizer;

import io.nanogpt.spi.Library;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * The numbers of occurrences of the pre-tokens of a text, all that byte pair encoding learns from. Texts that are counted apart,
 * by several machines for example, are merged into the counts of all. Not thread-safe.
 *
 * <pre>{@code
 * Tokenizers.ByteLevelBpe settings = Tokenizers.byteLevelBpe().vocabularySize(32_000);
 * WordCounts all = WordCounts.empty();
 * for (String name : List.of("first.txt", "second.txt")) {
 *     try (var text = Files.newInputStream(Path.of(name))) {
 *         all.merge(settings.count(text));
 *     }
 * }
 * Tokenizer tokenizer = settings.train(all);
 * }</pre>
 */
public interface WordCounts {
    /** Returns counts of no text. */
    static WordCounts empty() {
        return Library.get().tokenizers().wordCounts();
    }

    /**
     * Reads counts that {@link #write} wrote.
     *
     * @param in is read up to the end of the counts, and stays open
     * @throws io.nanogpt.NanogptException if these are no counts, or end too early
     */
    static WordCounts read(InputStream in) throws IOException {
        return Library.get().tokenizers().readWordCounts(in);
    }

    /**
     * Adds occurrences of a pre-token, in UTF-8.
     *
     * @param word of at least one byte
     * @param count at least 1
     */
    void add(byte[] word, long count);

    /**
     * Adds occurrences of a pre-token.
     *
     * @param word of at least one character
     * @param count at least 1
     */
    default void add(String word, long count) {
        add(word.getBytes(StandardCharsets.UTF_8), count);
    }

    /** Adds the counts of another text, which stay as they are. */
    void merge(WordCounts other);

    /** Returns the occurrences of a pre-token in UTF-8; 0 if it is not in the text. */
    long count(byte[] word);

    /** Returns the occurrences of a pre-token; 0 if it is not in the text. */
    default long count(String word) {
        return count(word.getBytes(StandardCharsets.UTF_8));
    }

    /** Returns the number of different pre-tokens. */
    long words();

    /**
     * Writes the counts in the order of the bytes of the pre-tokens, so that equal counts are equal bytes.
     *
     * @param out stays open
     */
    void write(OutputStream out) throws IOException;
}
