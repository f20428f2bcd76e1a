package io.nanogpt.tokenizer;

/** What encoding does with special tokens, such as {@code <|endoftext|>}, that stand in a text. */
public enum SpecialTokenPolicy {
    /** They become their ids; of overlapping ones the first, and of those that begin together the longest. The default. */
    ALLOW,
    /** Refuses the text, naming the token and its position: for text of strangers. */
    REFUSE,
    /** They are text like any other. */
    AS_TEXT
}
