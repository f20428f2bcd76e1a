package io.nanogpt.generate;

/**
 * A generated token.
 *
 * @param id in the tokenizer's vocabulary
 * @param text what it adds to the output
 */
public record Token(int id, String text) {}
