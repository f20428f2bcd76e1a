package io.nanogpt.train;

import io.nanogpt.spi.Library;
import java.net.URI;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Factory of listeners that log the metrics of a run: {@code loss}, {@code learning_rate}, {@code gradient_norm},
 * {@code tokens}, {@code tokens_per_second}, {@code step_seconds}, {@code flops_per_second}, {@code mfu} (in runs with
 * {@link Trainer.Builder#peakFlops}) and {@code memory_bytes} at an interval of steps, {@code train_loss},
 * {@code validation_loss}, {@code perplexity} and, where the text is known, {@code bits_per_byte} at every evaluation, and
 * the generated samples.
 *
 * <pre>{@code
 * GPT.builder().listener(MetricLog.csv(Path.of("run.csv"))).train(corpus);
 * }</pre>
 */
public final class MetricLog {
    /** Default number of steps between the metrics of a step. */
    public static final int EVERY = 10;

    private MetricLog() {}

    /**
     * Returns a listener that writes comma-separated values: a row per step, with an empty cell for a missing value.
     */
    public static TrainingListener csv(Path file) {
        return to(Library.get().metricSinks().csv(Objects.requireNonNull(file, "file")));
    }

    /** Returns a listener that writes one JSON object per line. */
    public static TrainingListener jsonLines(Path file) {
        return to(Library.get().metricSinks().jsonLines(Objects.requireNonNull(file, "file")));
    }

    /** Returns a listener that writes a TensorBoard event file. */
    public static TrainingListener tensorBoard(Path folder) {
        return to(Library.get().metricSinks().tensorBoard(Objects.requireNonNull(folder, "folder")));
    }

    /** Returns a listener that logs to a run on an MLflow server, over its REST interface. */
    public static TrainingListener mlflow(URI server, String experiment) {
        Objects.requireNonNull(server, "server");
        Objects.requireNonNull(experiment, "experiment");
        return to(Library.get().metricSinks().mlflow(server, experiment));
    }

    /** Returns a listener that writes to a sink, with the metrics of a step every {@link #EVERY} steps. */
    public static TrainingListener to(MetricSink sink) {
        return to(sink, EVERY);
    }

    /**
     * Returns a listener that writes to a sink.
     *
     * @param every steps between the metrics of a step
     */
    public static TrainingListener to(MetricSink sink, int every) {
        TrainingConfig.positive("every", every);
        return Library.get().metricSinks().listener(Objects.requireNonNull(sink, "sink"), every);
    }
}
