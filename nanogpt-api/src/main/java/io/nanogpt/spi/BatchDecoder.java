package io.nanogpt.spi;

import java.util.List;

/**
 * A decoder of many sequences, which come and go, each in a slot with a length and a key/value cache of its own. Slots
 * are numbered from 0, and begin empty. What a sequence computes does not depend on what else is fed beside it: it has
 * the same bits on the CPU backend, while products of other libraries may round otherwise for other numbers of rows. Not
 * thread-safe. The caller that opened it closes it, before the backend.
 */
public interface BatchDecoder extends AutoCloseable {
    /** New tokens of a slot. */
    interface Feed {
        /** Returns the slot. */
        int slot();

        /** Returns an array with the ids. */
        int[] tokens();

        /** Returns the index of the first id. */
        int from();

        /** Returns the number of ids, at least 1. */
        int count();

        /** Returns the array that receives one logit per token id: those after the last id. */
        float[] logits();
    }

    /** Returns the capacity of a slot in tokens; {@link Integer#MAX_VALUE} for a state of fixed size. */
    int contextLength();

    /** Returns the number of tokens that a slot holds. */
    int length(int slot);

    /** Removes all tokens of a slot. After a failed {@link #feed} this is needed for every slot that was fed. */
    void reset(int slot);

    /**
     * Appends tokens to slots, all in the same pass over the weights where they fit, and computes the logits after the
     * last of each.
     *
     * @param feeds the new tokens, at most one element for each slot
     * @throws IllegalStateException if the tokens exceed the capacity of a slot; nothing is fed then
     */
    void feed(List<? extends Feed> feeds);

    /**
     * Makes a slot hold the first {@code count} tokens of another one, or of itself, as if they had been fed.
     *
     * @return false, without a change, if the other slot no longer has its state after so many tokens: that of a
     *     recurrent model is known after the last token alone
     */
    boolean copy(int from, int count, int to);

    /** Returns whether {@link #drop} is possible; not by default. */
    default boolean drops() {
        return false;
    }

    /**
     * Removes the first tokens of a slot, at least one less than it holds. What was computed for the others stays, and so
     * do their distances.
     */
    default void drop(int slot, int count) {
        throw new UnsupportedOperationException("tokens of a slot cannot be dropped");
    }

    /** Returns the bytes that a slot with so many tokens takes, about. */
    long bytes(int tokens);

    /** Releases the memory of all slots. Closing it again has no effect; no other method may be called afterwards. */
    @Override
    void close();
}
