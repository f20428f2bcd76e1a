package io.nanogpt.train;

/**
 * How a run measures itself.
 *
 * @param every steps between evaluations; 200 by default
 * @param batches random batches of each split that an evaluation averages over; 50 by default
 * @param full whether the validation loss is over the whole split instead, every token but the first once; not by
 *     default
 * @param keepBest whether the model ends with the weights of the lowest validation loss; not by default
 */
public record Evaluating(int every, int batches, boolean full, boolean keepBest) {
    public Evaluating {
        TrainingConfig.positive("evaluateEvery", every);
        TrainingConfig.positive("evaluationBatches", batches);
    }

    /** Every 200 steps over 50 batches. */
    public static Evaluating defaults() {
        return new Evaluating(200, 50, false, false);
    }

    /** Another interval. */
    public Evaluating withEvery(int value) {
        return new Evaluating(value, batches, full, keepBest);
    }

    /** Another number of batches. */
    public Evaluating withBatches(int value) {
        return new Evaluating(every, value, full, keepBest);
    }

    /** Over the whole validation split, or over random batches of it. */
    public Evaluating withFull(boolean value) {
        return new Evaluating(every, batches, value, keepBest);
    }

    /** With or without the best weights at the end. */
    public Evaluating withKeepBest(boolean value) {
        return new Evaluating(every, batches, full, value);
    }
}
