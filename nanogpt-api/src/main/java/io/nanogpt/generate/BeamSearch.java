package io.nanogpt.generate;

/**
 * Parameters of a beam search, which looks for the most likely continuation and keeps the {@code beams} most likely
 * prefixes at each step. A continuation is ranked by the sum of its log-probabilities over
 * {@code tokens ^ lengthPenalty}.
 *
 * @param beams prefixes to keep, from 1 to 1024; also the maximum number of results
 * @param lengthPenalty 0 ranks by probability, 1 (the default) by the mean log-probability; larger values favour longer
 *     continuations
 */
public record BeamSearch(int beams, double lengthPenalty) {
    private static final int MOST_BEAMS = 1024;

    public BeamSearch {
        if (beams < 1 || beams > MOST_BEAMS) {
            throw new IllegalArgumentException("beams must be from 1 to " + MOST_BEAMS + ", but is " + beams
                    + "; each beam keeps its own keys and values in memory");
        }
        if (!(lengthPenalty >= 0) || Double.isInfinite(lengthPenalty)) {
            throw new IllegalArgumentException("lengthPenalty must be at least 0, but is " + lengthPenalty);
        }
    }

    /** Returns a beam search with a length penalty of 1. */
    public static BeamSearch of(int beams) {
        return new BeamSearch(beams, 1);
    }

    /** Returns the score of a continuation. */
    public double score(double logProbability, int tokens) {
        return logProbability / StrictMath.pow(tokens, lengthPenalty);
    }

    /**
     * A result of {@link BeamSearch}.
     *
     * @param text the continuation, without the prompt
     * @param tokens the number of its tokens, those of a stop text included
     * @param logProbability the natural logarithm of its probability: the sum over its tokens
     * @param score the value by which results are ranked
     */
    public record Hypothesis(String text, int tokens, double logProbability, double score) {}
}
