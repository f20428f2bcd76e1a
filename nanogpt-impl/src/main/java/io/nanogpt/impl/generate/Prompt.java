package io.nanogpt.impl.generate;

import io.nanogpt.tokenizer.Tokenizer;
import java.util.Objects;

/** What a generation continues. */
@FunctionalInterface
public interface Prompt {
    /**
     * The ids of the prompt.
     *
     * @throws IllegalArgumentException if there is none, or the text holds an unknown character
     */
    int[] encode(Tokenizer tokenizer);

    /** A text. */
    static Prompt of(String text) {
        Objects.requireNonNull(text, "a prompt is null");
        return tokenizer -> {
            int[] ids = tokenizer.encodePrompt(text);
            if (ids.length == 0) {
                throw new IllegalArgumentException(
                        (text.isEmpty() ? "the prompt is empty" : "the prompt has no known character")
                                + ", so there is nothing to continue; give at least one character, for example a line"
                                + " break");
            }
            return ids;
        };
    }

    /** Ids that were encoded before. */
    static Prompt of(int[] ids) {
        if (ids.length == 0) {
            throw new IllegalArgumentException("the prompt has no token, so there is nothing to continue");
        }
        int[] copy = ids.clone();
        return tokenizer -> copy.clone();
    }
}
