package io.nanogpt.impl.tokenizer.pipeline;

/** The error for a special token in a text that must have none. */
public final class SpecialTokenRefusal {
    private SpecialTokenRefusal() {}

    /** The error for a token that was found. */
    public static IllegalArgumentException of(String token, int position) {
        return new IllegalArgumentException("the text has the special token " + token + " at position " + position
                + " (counted from 0), and special tokens are refused; take it out, or encode with"
                + " SpecialTokenPolicy.AS_TEXT or ALLOW");
    }
}
