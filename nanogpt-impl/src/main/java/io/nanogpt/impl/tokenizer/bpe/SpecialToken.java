package io.nanogpt.impl.tokenizer.bpe;

/**
 * A token that is found in the text before anything else.
 *
 * @param special as files have it: whether it marks something, so that readers may leave it out
 */
public record SpecialToken(String text, int id, boolean special) {}
