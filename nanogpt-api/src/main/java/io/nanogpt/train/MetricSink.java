package io.nanogpt.train;

import io.nanogpt.generate.AttentionMaps;
import java.util.Map;

/**
 * Where the numbers of a run go: a file, a server, a chart. {@link MetricLog#to(MetricSink)} makes a listener of it. A
 * sink that throws is told of once and not called again; the run goes on without it.
 */
public interface MetricSink extends AutoCloseable {
    /** Before the first numbers; a run that is resumed writes steps from {@link TrainingPlan#firstStep()} on again. */
    default void start(TrainingPlan plan) {}

    /**
     * Numbers of one step, for example {@code loss} or {@code validation_loss}.
     *
     * @param values by their names, in the order in which they are to be shown
     */
    void scalars(int step, Map<String, Double> values);

    /** A text of one step: a notice, or a sample of what the model writes. */
    default void text(int step, String name, String text) {}

    /** What a prompt's tokens look at; in runs with {@link SampleConfig#withAttention}. */
    default void attention(int step, AttentionMaps maps) {}

    /** What the sink wants to know when the run is resumed. */
    default String state() {
        return "";
    }

    /** Before {@link #start} of a run that is resumed. */
    default void restore(String state) {}

    /** When the run ended. */
    @Override
    void close();
}
