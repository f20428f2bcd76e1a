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
public record EvaluationConfig(int every, int batches, boolean full, boolean keepBest) {
    public EvaluationConfig {
        TrainingConfig.positive("evaluateEvery", every);
        TrainingConfig.positive("evaluationBatches", batches);
    }

    /** Every 200 steps over 50 batches. */
    public static EvaluationConfig defaults() {
        return new EvaluationConfig(200, 50, false, false);
    }

    /** Another interval. */
    public EvaluationConfig withEvery(int value) {
        return new EvaluationConfig(value, batches, full, keepBest);
    }

    /** Another number of batches. */
    public EvaluationConfig withBatches(int value) {
        return new EvaluationConfig(every, value, full, keepBest);
    }

    /** Over the whole validation split, or over random batches of it. */
    public EvaluationConfig withFull(boolean value) {
        return new EvaluationConfig(every, batches, value, keepBest);
    }

    /** With or without the best weights at the end. */
    public EvaluationConfig withKeepBest(boolean value) {
        return new EvaluationConfig(every, batches, full, value);
    }
}
