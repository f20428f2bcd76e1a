package io.nanogpt.tokenizer;

import java.nio.file.Path;

/** Text to token ids and back. Immutable and safe for use by many threads. */
public interface Tokenizer {
    /** The number of ids; ids run from 0 to one less. */
    int vocabularySize();

    /**
     * The ids of a text.
     *
     * @throws IllegalArgumentException if the text holds something the tokenizer has no id for and its policy is to
     *     refuse; the message names it and its position
     */
    int[] encode(String text);

    /**
     * The text of some ids.
     *
     * @throws IllegalArgumentException if an id is not below the vocabulary size
     */
    String decode(int... ids);

    /** Whether {@link #encode} would accept the text. */
    boolean canEncode(String text);

    /** Writes {@code tokenizer.json}, in the form that Hugging Face tokenizers reads. */
    void save(Path file);

    /** Reads a {@code tokenizer.json}. */
    static Tokenizer load(Path file) {
        return io.nanogpt.spi.Library.get().loadTokenizer(file);
    }
}
