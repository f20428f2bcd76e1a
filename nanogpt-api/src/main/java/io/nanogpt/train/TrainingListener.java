package io.nanogpt.train;

import io.nanogpt.generate.AttentionMaps;
import io.nanogpt.train.TrainingReport.EvaluationPoint;

/** Told of a run's progress on the training thread; what it throws ends the run. Every method does nothing by default. */
public interface TrainingListener {
    /** Before the first step, after the estimate. */
    default void onStart(TrainingPlan plan) {}

    /** After each optimizer step. */
    default void onStep(TrainingStep step) {}

    /** After each evaluation. */
    default void onEvaluation(EvaluationPoint point) {}

    /** After an evaluation of a run with {@link Trainer.Builder#samples}: what the model writes by now. */
    default void onSample(int step, String prompt, String text) {}

    /** After an evaluation of a run with {@link SampleConfig#withAttention}: what a prompt's tokens look at by now. */
    default void onAttention(int step, AttentionMaps maps) {}

    /** Of something that the run survived: it rolled back, or a checkpoint could not be written. */
    default void onNotice(String message) {}

    /** When the run ended, however it did but by an error. */
    default void onEnd(TrainingReport report) {}

    /** When an error ends the run after {@link #onStart}, before it is thrown. */
    default void onError(Throwable error) {}

    /**
     * What this listener wants to know when the run is resumed; a part of every checkpoint. Empty by default.
     */
    default String state() {
        return "";
    }

    /** Before {@link #onStart} of a run that is resumed: what {@link #state} said at its checkpoint. */
    default void restore(String state) {}
}
