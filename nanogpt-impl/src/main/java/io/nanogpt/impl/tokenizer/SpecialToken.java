package io.nanogpt.impl.tokenizer;

/**
 * A token that is found in the text before anything else.
 *
 * @param special as files have it: whether it marks something, so that readers may leave it out
 */
record SpecialToken(String text, int id, boolean special) {}
