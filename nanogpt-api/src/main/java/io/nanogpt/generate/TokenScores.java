package io.nanogpt.generate;

import java.util.List;

/**
 * How likely a token was to the model itself, before temperature, penalties and constraints.
 *
 * @param logProbability natural logarithm of the token's probability
 * @param best the most likely ids, the most likely first
 */
public record TokenScores(double logProbability, List<Alternative> best) {
    public TokenScores {
        best = List.copyOf(best);
    }

    /**
     * One of the most likely ids.
     *
     * @param id in the tokenizer's vocabulary
     * @param text of the id
     * @param logProbability natural logarithm of its probability
     */
    public record Alternative(int id, String text, double logProbability) {}
}
