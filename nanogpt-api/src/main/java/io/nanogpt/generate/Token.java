package io.nanogpt.generate;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A generated token.
 *
 * @param id in the tokenizer's vocabulary
 * @param text the text that it adds to the output
 * @param scores its log-probabilities, with {@link GenerationOptions#withLogProbabilities(int)}
 */
public record Token(int id, String text, Optional<Scores> scores) {
    public Token {
        Objects.requireNonNull(scores, "scores");
    }

    /**
     * Log-probabilities under the model, before temperature, penalties and constraints.
     *
     * @param logProbability natural logarithm of the token's probability
     * @param best the most likely ids, in descending order
     */
    public record Scores(double logProbability, List<Alternative> best) {
        public Scores {
            best = List.copyOf(best);
        }

        /**
         * One of the most likely ids.
         *
         * @param id in the tokenizer's vocabulary
         * @param text the text of the id
         * @param logProbability natural logarithm of its probability
         */
        public record Alternative(int id, String text, double logProbability) {}
    }
}
