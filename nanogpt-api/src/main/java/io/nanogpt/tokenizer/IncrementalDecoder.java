package io.nanogpt.tokenizer;

/**
 * Decodes ids one by one. Everything it returned, put together, is what {@link Tokenizer#decode} makes of the ids at
 * once; a character whose tokens are not all there yet is held back. For use by one thread at a time.
 */
public interface IncrementalDecoder {
    /**
     * The text that an id completes; empty while a character is unfinished.
     *
     * @throws IllegalArgumentException if the id is not below the vocabulary size
     */
    String add(int id);

    /** Whether a character is unfinished. */
    boolean isPending();

    /** Another decoder that goes on from here by itself. */
    IncrementalDecoder copy();

    /** What is left of an unfinished character, as U+FFFD; empty where nothing is. The decoder can be used anew. */
    String finish();
}
