package io.nanogpt.inspect;

/**
 * A token whose embedding points in a similar direction as that of another one.
 *
 * @param id in the tokenizer's vocabulary
 * @param text the text of the id
 * @param similarity the cosine of the angle between the two embeddings, -1 to 1
 */
public record Neighbour(int id, String text, double similarity) {}
