package io.nanogpt.generate;

import java.util.Objects;
import java.util.OptionalDouble;

/**
 * The loss of a model on a text.
 *
 * @param loss mean cross entropy in nats per token
 * @param tokens the number of predicted tokens
 * @param tokensPerByte tokens of the text divided by its bytes in UTF-8; empty if the text is not known
 */
public record Evaluation(double loss, long tokens, OptionalDouble tokensPerByte) {
    public Evaluation {
        Objects.requireNonNull(tokensPerByte, "tokensPerByte");
    }

    /** Creates an evaluation of tokens without their text. */
    public Evaluation(double loss, long tokens) {
        this(loss, tokens, OptionalDouble.empty());
    }

    /** Returns {@code exp(loss)}. */
    public double perplexity() {
        return Math.exp(loss);
    }

    /**
     * Returns the loss in bits per byte of text, which unlike the loss per token can be compared between models with
     * different tokenizers; empty if the text is not known.
     */
    public OptionalDouble bitsPerByte() {
        return bitsPerByte(loss, tokensPerByte);
    }

    /**
     * Converts a loss to bits per byte: {@code loss / ln 2 * tokens / bytes}, where the bytes are those of the text in
     * UTF-8 from which the tokens were made, with its separators, in the case in which it was encoded.
     *
     * @param loss in nats per token
     * @param tokensPerByte tokens of the text divided by its bytes; empty if the text is not known
     */
    public static OptionalDouble bitsPerByte(double loss, OptionalDouble tokensPerByte) {
        return tokensPerByte.isPresent()
                ? OptionalDouble.of(loss / Math.log(2) * tokensPerByte.getAsDouble())
                : OptionalDouble.empty();
    }
}
