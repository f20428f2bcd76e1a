package io.nanogpt.tokenizer;

/** What encoding does with a character that the training text did not have. */
public enum UnknownCharacters {
    /** Refuses the text, naming the character and its position. The default. */
    ERROR,
    /** Leaves the character out. */
    SKIP,
    /** Encodes it as {@code <unk>}, an extra last id. */
    REPLACE
}
