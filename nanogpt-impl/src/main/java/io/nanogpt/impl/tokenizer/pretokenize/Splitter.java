package io.nanogpt.impl.tokenizer.pretokenize;

import io.nanogpt.tokenizer.SplitPattern;

/**
 * Cuts valid UTF-8 into the pieces within which pairs are merged. Has a place in a text, so each thread uses its own.
 * Pieces come in batches: a scanner stays in its own loop, and the caller's loop does not branch on what it found.
 */
public abstract class Splitter {
    /** What {@link #safeCut} gives where no place is safe. */
    public static final int NO_CUT = -1;

    /** A splitter of a pattern. */
    public static Splitter of(SplitPattern pattern) {
        return KnownPatterns.splitter(pattern);
    }

    /** Another splitter of the same pattern, for another thread. */
    public abstract Splitter another();

    /** Starts on a text from {@code from} to {@code to}, which is taken to be whole. */
    public abstract void begin(byte[] text, int from, int to);

    /**
     * The next pieces, which lie side by side.
     *
     * @param ends receives where they end
     * @return how many; 0 when there are no more
     */
    public abstract int next(int[] ends);

    /**
     * The last place after {@code from} and before {@code to} at which a text can be cut so that both parts have the
     * pieces of the whole, whatever comes after {@code to}; {@link #NO_CUT} where there is none.
     */
    public abstract int safeCut(byte[] text, int from, int to);
}
