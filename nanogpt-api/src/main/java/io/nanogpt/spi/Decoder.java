package io.nanogpt.spi;

/**
 * A decoder of one sequence with a key/value cache. Not thread-safe. The caller that opened it closes it, before the
 * backend.
 */
public interface Decoder extends AutoCloseable {
    /** Returns a decoder of the sequence in slot 0 of a decoder of many, which is closed with it. */
    static Decoder of(BatchDecoder decoder) {
        return new SlotDecoder(decoder);
    }

    /** Returns the capacity of the cache in tokens; {@link Integer#MAX_VALUE} for a state of fixed size. */
    int contextLength();

    /** Returns the number of tokens fed since the last reset. */
    int length();

    /** Removes all tokens. */
    void reset();

    /**
     * Appends tokens and computes the logits after the last of them.
     *
     * @param tokens the ids, at indices {@code from} to {@code from + count - 1}
     * @param logits receives one logit per token id
     * @throws IllegalStateException if the tokens exceed the capacity of the cache
     */
    void feed(int[] tokens, int from, int count, float[] logits);

    /** Releases the memory of the decoder. Closing it again has no effect; no other method may be called afterwards. */
    @Override
    void close();
}
