package io.nanogpt.impl.tokenizer.pretokenize;

import io.nanogpt.tokenizer.SplitPattern;

/**
 * Cuts valid UTF-8 into pre-tokens, within which pairs are merged. Has a place in a text, so each thread uses its own.
 * Pre-tokens are found in batches, so that a scanner stays in its own loop and the caller's loop does not branch on
 * what was found.
 */
public abstract class Splitter {
    /** The result of {@link #safeCut} if no place is safe. */
    public static final int NO_CUT = -1;

    /** Creates a splitter of a pattern. */
    public static Splitter of(SplitPattern pattern) {
        return KnownPatterns.splitter(pattern);
    }

    /** Creates another splitter of the same pattern, for another thread. */
    public abstract Splitter another();

    /** Starts on a text from {@code from} to {@code to}, which is assumed to be complete. */
    public abstract void begin(byte[] text, int from, int to);

    /**
     * Finds the next pre-tokens, which are adjacent.
     *
     * @param ends receives their ends
     * @return the number found; 0 at the end of the text
     */
    public abstract int next(int[] ends);

    /**
     * The last place after {@code from} and before {@code to} at which a text can be cut so that both parts have the
     * pre-tokens of the whole, whatever comes after {@code to}; {@link #NO_CUT} if there is none.
     */
    public abstract int safeCut(byte[] text, int from, int to);
}
