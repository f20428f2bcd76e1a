package io.nanogpt.generate;

/**
 * A result of {@link BeamSearch}.
 *
 * @param text the continuation, without the prompt
 * @param tokens of the continuation, a stop's among them
 * @param logProbability natural logarithm of its probability: the sum over its tokens
 * @param score by which results are ranked, the best first
 */
public record Hypothesis(String text, int tokens, double logProbability, double score) {}
