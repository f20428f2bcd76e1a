package io.nanogpt.generate;

/**
 * The loss of a model on a text.
 *
 * @param loss mean cross entropy in nats per token
 * @param tokens the number of predicted tokens
 */
public record Evaluation(double loss, long tokens) {
    /** Returns {@code exp(loss)}. */
    public double perplexity() {
        return Math.exp(loss);
    }
}
