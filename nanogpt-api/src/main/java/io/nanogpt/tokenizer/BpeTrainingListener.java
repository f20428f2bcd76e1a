package io.nanogpt.tokenizer;

/** Hears how far the training of a byte pair encoding is. Called from one thread at a time, but not always the same. */
public interface BpeTrainingListener {
    /**
     * More text was cut into words and counted.
     *
     * @param bytes that were read so far
     */
    default void counted(long bytes) {}

    /**
     * Another pair was merged.
     *
     * @param merges done so far
     * @param expected merges that the vocabulary has room for
     */
    default void merged(int merges, int expected) {}
}
