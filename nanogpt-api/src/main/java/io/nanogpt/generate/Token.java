package io.nanogpt.generate;

import java.util.Objects;
import java.util.Optional;

/**
 * A generated token.
 *
 * @param id in the tokenizer's vocabulary
 * @param text what it adds to the output
 * @param scores with {@link Generation#logProbabilities(int)}, how likely it was
 */
public record Token(int id, String text, Optional<TokenScores> scores) {
    public Token {
        Objects.requireNonNull(scores, "scores");
    }
}
