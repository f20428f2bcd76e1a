package io.nanogpt.train;

/**
 * The losses at one moment of a run.
 *
 * @param step optimizer steps taken
 * @param trainLoss mean cross entropy in nats over random training batches
 * @param validationLoss the same over validation batches
 * @param seconds since the first step
 */
public record EvaluationPoint(int step, double trainLoss, double validationLoss, double seconds) {
    /** {@code exp(validationLoss)}. */
    public double perplexity() {
        return Math.exp(validationLoss);
    }
}
