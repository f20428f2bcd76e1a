package io.nanogpt.tokenizer;

/** Which of several equally frequent pairs byte pair training merges first. */
public enum TieRule {
    /** The lexicographically greater pair of byte strings, as the first assignment of Stanford's CS336 asks. */
    CS336,
    /** The pair with the lower ids, as the trainer of Hugging Face {@code tokenizers} does. */
    HUGGING_FACE
}
