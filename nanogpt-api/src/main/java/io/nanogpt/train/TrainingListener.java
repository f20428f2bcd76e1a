package io.nanogpt.train;

import io.nanogpt.generate.AttentionMaps;
import io.nanogpt.spi.Library;
import io.nanogpt.train.TrainingReport.EvaluationPoint;
import io.nanogpt.train.TrainingReport.StopReason;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.Objects;

/** Told of a run's progress on the training thread; what it throws ends the run. Every method does nothing by default. */
public interface TrainingListener {
    /**
     * Shows the progress of a run on standard error: in a terminal a bar with step, losses, tokens a second and time left,
     * elsewhere a line at every evaluation.
     *
     * <pre>{@code
     * GPT.builder().listener(TrainingListener.progress()).train(corpus);
     * }</pre>
     */
    static TrainingListener progress() {
        return progress(new PrintWriter(new OutputStreamWriter(System.err, Charset.defaultCharset()), true));
    }

    /** {@link #progress()} on another writer, which shows a bar where the program runs in a terminal. */
    static TrainingListener progress(PrintWriter writer) {
        return Library.get().progress(Objects.requireNonNull(writer, "writer"));
    }

    /** Shows the progress of a run as records of a logger, at level {@code INFO}: one at every evaluation. */
    static TrainingListener progress(System.Logger logger) {
        return Library.get().progress(Objects.requireNonNull(logger, "logger"));
    }

    /** Before the first step, after the estimate. */
    default void onStart(TrainingPlan plan) {}

    /** After each optimizer step. */
    default void onStep(TrainingStep step) {}

    /** After each evaluation. */
    default void onEvaluation(EvaluationPoint point) {}

    /**
     * Called after every step and every evaluation, after {@link #onStep} or {@link #onEvaluation}: if it returns true, the
     * run ends there as it ends at any other limit, with {@link StopReason#LISTENER}. False by default.
     */
    default boolean shouldStop() {
        return false;
    }

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
