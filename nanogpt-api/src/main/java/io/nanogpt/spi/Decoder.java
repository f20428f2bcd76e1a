package io.nanogpt.spi;

/**
 * Decodes one sequence token by token with a cache of keys and values. Belongs to one thread at a time. Whoever opened it
 * closes it, before the backend.
 */
public interface Decoder extends AutoCloseable {
    /** The most tokens the cache holds; {@link Integer#MAX_VALUE} where the model carries a state of fixed size. */
    int contextLength();

    /** The number of tokens fed since the last reset. */
    int length();

    /** Forgets every token. */
    void reset();

    /**
     * Appends tokens and computes the logits after the last of them.
     *
     * @param tokens holds the ids at {@code from} to {@code from + count - 1}
     * @param logits receives one number per token id
     * @throws IllegalStateException if more tokens were fed than the cache holds
     */
    void feed(int[] tokens, int from, int count, float[] logits);

    /** Frees what it holds. Closing it again does nothing; nothing else may be called afterwards. */
    @Override
    void close();
}
