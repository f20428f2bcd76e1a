package io.nanogpt.inspect;

/**
 * A token that may come next.
 *
 * @param id in the tokenizer's vocabulary
 * @param text the text of the id
 * @param probability under the model, at temperature 1
 */
public record Candidate(int id, String text, double probability) {}
