package io.nanogpt.generate;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A generated token.
 *
 * @param id in the tokenizer's vocabulary
 * @param text what it adds to the output
 * @param scores with {@link GenerationOptions#withLogProbabilities(int)}, how likely it was
 */
public record Token(int id, String text, Optional<Scores> scores) {
    public Token {
        Objects.requireNonNull(scores, "scores");
    }

    /**
     * How likely a token was to the model itself, before temperature, penalties and constraints.
     *
     * @param logProbability natural logarithm of the token's probability
     * @param best the most likely ids, the most likely first
     */
    public record Scores(double logProbability, List<Alternative> best) {
        public Scores {
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
}
