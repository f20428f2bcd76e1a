package io.nanogpt.train;

import io.nanogpt.generate.AttentionMaps;
import java.util.Map;

/**
 * A destination of the metrics of a run: a file, a server, a chart. {@link MetricLog#to(MetricSink)} turns it into a
 * listener. A sink that throws is disabled after one logged warning; the run continues.
 */
public interface MetricSink extends AutoCloseable {
    /**
     * Called before the first metrics; a resumed run writes the steps from {@link TrainingPlan#firstStep()} on again.
     */
    default void start(TrainingPlan plan) {}

    /**
     * Writes metrics of one step, for example {@code loss} or {@code validation_loss}.
     *
     * @param values the values by name, in display order
     */
    void scalars(int step, Map<String, Double> values);

    /** Writes a text of one step: a notice, or a sample of the model. */
    default void text(int step, String name, String text) {}

    /** Writes the attention maps of a prompt; called in runs with {@link SampleConfig#withAttention}. */
    default void attention(int step, AttentionMaps maps) {}

    /** Returns the state that {@link #restore} needs when the run is resumed; empty by default. */
    default String state() {
        return "";
    }

    /** Restores the state of a checkpoint; called before {@link #start} if the run is resumed. */
    default void restore(String state) {}

    /** Called when the run has ended. */
    @Override
    void close();
}
