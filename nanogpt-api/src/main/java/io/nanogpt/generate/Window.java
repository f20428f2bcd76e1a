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

    /** See {@link #sliding}. */
    record Sliding() implements Window {}

    /** See {@link #dropHalf}. */
    record DropHalf() implements Window {}
}
