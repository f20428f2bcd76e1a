package io.nanogpt.impl.tokenizer.pipeline;

/**
 * A part of a text.
 *
 * @param text the part, normalized as far as the stages before did
 * @param first whether it begins with the first character of the whole text, or with what a stage put before that
 */
record Piece(String text, boolean first) {
    /** A part of this one. */
    Piece part(int from, int to) {
        return new Piece(text.substring(from, to), first && from == 0);
    }

    /** This piece with another text, which begins with the same character. */
    Piece with(String other) {
        return other.equals(text) ? this : new Piece(other, first);
    }
}
