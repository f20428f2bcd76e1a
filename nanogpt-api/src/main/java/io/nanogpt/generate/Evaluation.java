package io.nanogpt.generate;

/**
 * How well a model predicts a text.
 *
 * @param loss mean cross entropy in nats per token
 * @param tokens that were predicted
 */
public record Evaluation(double loss, long tokens) {
    /** {@code exp(loss)}. */
    public double perplexity() {
        return Math.exp(loss);
    }
}
