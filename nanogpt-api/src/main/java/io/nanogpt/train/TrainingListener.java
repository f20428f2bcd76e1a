package io.nanogpt.train;

import io.nanogpt.generate.AttentionMaps;
import io.nanogpt.spi.Library;
import io.nanogpt.train.TrainingReport.EvaluationPoint;
import io.nanogpt.train.TrainingReport.StopReason;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Objects;

/**
 * A listener to the progress of a run. It is called on the training thread; an exception ends the run. Every callback
 * has an empty default implementation.
 */
public interface TrainingListener {
    /**
     * Returns a listener that prints the progress of a run to standard error: in a terminal a bar with step, losses,
     * tokens per second and time left, elsewhere a line at every evaluation, and the time left after some seconds.
     *
     * <pre>{@code
     * GPT.builder().listener(TrainingListener.progress()).train(corpus);
     * }</pre>
     */
    static TrainingListener progress() {
        return progress(new PrintWriter(new OutputStreamWriter(System.err, Charset.defaultCharset()), true));
    }

    /**
     * Returns a listener as {@link #progress()} does, for another writer; it prints a bar if the program runs in a
     * terminal.
     */
    static TrainingListener progress(PrintWriter writer) {
        return Library.get().progress(Objects.requireNonNull(writer, "writer"));
    }

    /**
     * Returns a listener that logs the progress of a run at level {@code INFO}, with a record at every evaluation, and
     * notices at level {@code WARNING}.
     */
    static TrainingListener progress(System.Logger logger) {
        return Library.get().progress(Objects.requireNonNull(logger, "logger"));
    }

    /** Called before the first step, after the estimates of time and memory. */
    default void onStart(TrainingPlan plan) {}

    /** Called after each optimizer step. */
    default void onStep(TrainingStep step) {}

    /** Called after each evaluation. */
    default void onEvaluation(EvaluationPoint point) {}

    /**
     * Whether to end the run, with {@link StopReason#LISTENER}; false by default. Called after {@link #onStep} and
     * {@link #onEvaluation}.
     */
    default boolean shouldStop() {
        return false;
    }

    /**
     * Whether to write a checkpoint before the next step; false by default. Called after each {@link #onStep}. In a run
     * without {@link Trainer.Builder#checkpoints} the answer true leads to a notice.
     */
    default boolean wantsCheckpoint() {
        return false;
    }

    /** Called when the state after a step has been copied to be written as a checkpoint. */
    default void onCheckpoint(int step) {}

    /** Whether {@link #onWeights} should be called; false by default. Called after each evaluation. */
    default boolean wantsWeights() {
        return false;
    }

    /**
     * Called with the histograms of all parameters after an evaluation, if {@link #wantsWeights}. That they are made
     * takes a copy of all weights.
     */
    default void onWeights(int step, List<WeightHistogram> histograms) {}

    /** Called with each sample after an evaluation, in runs with {@link Trainer.Builder#samples}. */
    default void onSample(int step, String prompt, String text) {}

    /**
     * Called with the attention maps of each prompt after an evaluation, in runs with
     * {@link SampleConfig#withAttention}.
     */
    default void onAttention(int step, AttentionMaps maps) {}

    /**
     * Called after a recoverable problem: a rollback, a checkpoint that could not be written, or a run that is resumed on a
     * machine whose arithmetic differs in the last bits.
     */
    default void onNotice(String message) {}

    /**
     * Whether {@link #onNotice} shows its message to people; false by default. What no listener shows is logged as a
     * warning.
     */
    default boolean showsNotices() {
        return false;
    }

    /** Called when the run has ended without an error. */
    default void onEnd(TrainingReport report) {}

    /** Called with an error that ends the run after {@link #onStart}, before it is thrown. */
    default void onError(Throwable error) {}

    /**
     * Returns the state that {@link #restore} needs when the run is resumed. It is part of every checkpoint; empty by
     * default.
     */
    default String state() {
        return "";
    }

    /** Restores the {@link #state} of a checkpoint; called before {@link #onStart} if the run is resumed. */
    default void restore(String state) {}
}
