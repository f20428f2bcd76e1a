package io.nanogpt.generate;

/**
 * Searches the most likely continuation instead of drawing one: at each step the {@code beams} most likely beginnings
 * are kept. A continuation is ranked by the sum of its log-probabilities over {@code tokens ^ lengthPenalty}.
 *
 * @param beams beginnings that are kept; also the most results
 * @param lengthPenalty 0 ranks by probability alone, 1 (the default) by the mean of the log-probabilities; larger favours
 *     longer ones
 */
public record BeamSearch(int beams, double lengthPenalty) {
    public BeamSearch {
        if (beams < 1) {
            throw new IllegalArgumentException("beams must be at least 1, but is " + beams);
        }
        if (!(lengthPenalty >= 0) || Double.isInfinite(lengthPenalty)) {
            throw new IllegalArgumentException("lengthPenalty must be at least 0, but is " + lengthPenalty);
        }
    }

    /** With a length penalty of 1. */
    public static BeamSearch of(int beams) {
        return new BeamSearch(beams, 1);
    }

    /** The score of a continuation. */
    public double score(double logProbability, int tokens) {
        return logProbability / Math.pow(tokens, lengthPenalty);
    }

    /**
     * A result of {@link BeamSearch}.
     *
     * @param text the continuation, without the prompt
     * @param tokens of the continuation, a stop's among them
     * @param logProbability natural logarithm of its probability: the sum over its tokens
     * @param score by which results are ranked, the best first
     */
    public record Hypothesis(String text, int tokens, double logProbability, double score) {}
}
