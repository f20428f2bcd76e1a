package io.nanogpt.generate;

/**
 * What a model is conditioned on once a text is longer than its context of T tokens. A model without a limit, such as a
 * recurrent one, is conditioned on the whole text.
 */
public sealed interface Window {
    /**
     * Returns the last T tokens, as in nanoGPT. Exact, but every token costs the computation of T tokens: each gets
     * another position, and so other keys and values.
     */
    static Window sliding() {
        return new Sliding();
    }

    /**
     * Returns the last T/2 to T tokens: where the context is full, its first half is dropped, and the rest computed
     * again, so that a token costs the computation of about two. Texts within the context are those of
     * {@link #sliding}; after it they differ, since the model sees fewer tokens.
     */
    static Window dropHalf() {
        return new DropHalf();
    }

    /**
     * Returns the last 7T/8 to T tokens: where the context is full, the keys and values of its oldest eighth are
     * dropped, and the others stay as they are, so that a token costs the computation of one. For models whose positions
     * are rotary, or that have none, on the CPU backend; others refuse it. Texts within the context are those of
     * {@link #sliding}; after it they differ, since what is kept was computed from tokens that are no longer seen.
     */
    static Window rolling() {
        return new Rolling();
    }

    /** See {@link #sliding}. */
    record Sliding() implements Window {}

    /** See {@link #dropHalf}. */
    record DropHalf() implements Window {}

    /** See {@link #rolling}. */
    record Rolling() implements Window {}
}
