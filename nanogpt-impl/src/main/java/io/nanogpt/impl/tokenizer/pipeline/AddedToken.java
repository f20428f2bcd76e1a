package io.nanogpt.impl.tokenizer.pipeline;

/**
 * A token that is found in a text before anything else.
 *
 * @param singleWord whether it is found between characters that are no parts of words only
 * @param lstrip whether it takes the white space before it
 * @param rstrip whether it takes the white space after it
 * @param normalized whether it is found in the normalized text
 * @param special whether it is a marker, which decoders may leave out
 */
public record AddedToken(
        String text, int id, boolean singleWord, boolean lstrip, boolean rstrip, boolean normalized, boolean special) {
    /** A special token that is found wherever it stands. */
    public static AddedToken special(String text, int id) {
        return new AddedToken(text, id, false, false, false, false, true);
    }

    /** Whether it is found wherever it stands, and takes no white space. */
    public boolean isPlain() {
        return !singleWord && !lstrip && !rstrip;
    }
}
