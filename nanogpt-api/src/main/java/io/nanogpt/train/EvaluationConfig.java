package io.nanogpt.train;

/**
 * Interval and extent of the evaluations of a run. Immutable.
 *
 * @param every steps between evaluations; 200 by default
 * @param batches random batches of each split that an evaluation averages over; 50 by default
 * @param full whether the validation loss is over the whole split instead, every token but the first once; false by
 *     default
 * @param keepBest whether the run ends with the weights of the lowest validation loss; false by default
 * @param baselines whether the report has the losses of {@link Baselines}; true by default
 */
public record EvaluationConfig(int every, int batches, boolean full, boolean keepBest, boolean baselines) {
    public EvaluationConfig {
        TrainingConfig.positive("evaluateEvery", every);
        TrainingConfig.positive("evaluationBatches", batches);
    }

    /** Returns the defaults: every 200 steps, over 50 batches. */
    public static EvaluationConfig defaults() {
        return new EvaluationConfig(200, 50, false, false, true);
    }

    /** Returns a copy with this interval in steps. */
    public EvaluationConfig withEvery(int value) {
        return new EvaluationConfig(value, batches, full, keepBest, baselines);
    }

    /** Returns a copy with this number of random batches. */
    public EvaluationConfig withBatches(int value) {
        return new EvaluationConfig(every, value, full, keepBest, baselines);
    }

    /** Returns a copy with validation losses over the whole split or over random batches of it. */
    public EvaluationConfig withFull(boolean value) {
        return new EvaluationConfig(every, batches, value, keepBest, baselines);
    }

    /** Returns a copy that ends with the best weights or with the last ones. */
    public EvaluationConfig withKeepBest(boolean value) {
        return new EvaluationConfig(every, batches, full, value, baselines);
    }

    /** Returns a copy whose report has the losses of {@link Baselines} or has none. */
    public EvaluationConfig withBaselines(boolean value) {
        return new EvaluationConfig(every, batches, full, keepBest, value);
    }
}
