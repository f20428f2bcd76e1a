package io.nanogpt.impl.regex;

/** Thrown for syntax that a parser or the automaton does not support, which the message names. */
public final class UnsupportedPatternException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String feature;

    /** An exception for a feature, such as {@code a back reference}. */
    public UnsupportedPatternException(String feature) {
        super(feature);
        this.feature = feature;
    }

    /** The syntax, such as {@code a back reference}. */
    public String feature() {
        return feature;
    }
}
