package io.nanogpt.train;

/** Told of a run's progress on the training thread; what it throws ends the run. Every method does nothing by default. */
public interface TrainingListener {
    /** Before the first step, after the estimate. */
    default void onStart(TrainingPlan plan) {}

    /**
     * After each optimizer step.
     *
     * @param step counted from 1
     * @param loss of the step's batch, before the update
     * @param seconds since the first step
     */
    default void onStep(int step, float loss, double seconds) {}

    /** After each evaluation. */
    default void onEvaluation(EvaluationPoint point) {}

    /** When the run ended, however it did but by an error. */
    default void onEnd(TrainingReport report) {}
}
