package io.nanogpt.train;

import io.nanogpt.spi.Library;
import java.net.URI;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Listeners that write the numbers of a run: {@code loss}, {@code learning_rate}, {@code gradient_norm},
 * {@code tokens}, {@code tokens_per_second}, {@code step_seconds}, {@code flops_per_second}, {@code mfu} (in runs that were told
 * {@link Trainer.Builder#peakFlops}) and {@code memory_bytes} every so many steps, {@code train_loss}, {@code validation_loss} and
 * {@code perplexity} at every evaluation, and what was generated in between.
 *
 * <pre>{@code
 * GPT.builder().listener(MetricLog.csv(Path.of("run.csv"))).train(corpus);
 * }</pre>
 */
public final class MetricLog {
    /** Steps between the numbers of a step where nothing else is said. */
    public static final int EVERY = 10;

    private MetricLog() {}

    /** A table, with a row a step and an empty cell where there is no number. */
    public static TrainingListener csv(Path file) {
        return to(Library.get().metricSinks().csv(Objects.requireNonNull(file, "file")));
    }

    /** A JSON object a line. */
    public static TrainingListener jsonLines(Path file) {
        return to(Library.get().metricSinks().jsonLines(Objects.requireNonNull(file, "file")));
    }

    /** An event file that TensorBoard reads. */
    public static TrainingListener tensorBoard(Path folder) {
        return to(Library.get().metricSinks().tensorBoard(Objects.requireNonNull(folder, "folder")));
    }

    /** A run on an MLflow server, over its REST interface. */
    public static TrainingListener mlflow(URI server, String experiment) {
        Objects.requireNonNull(server, "server");
        Objects.requireNonNull(experiment, "experiment");
        return to(Library.get().metricSinks().mlflow(server, experiment));
    }

    /** A sink of one's own. */
    public static TrainingListener to(MetricSink sink) {
        return to(sink, EVERY);
    }

    /**
     * A sink of one's own.
     *
     * @param every steps between the numbers of a step
     */
    public static TrainingListener to(MetricSink sink, int every) {
        TrainingConfig.positive("every", every);
        return Library.get().metricSinks().listener(Objects.requireNonNull(sink, "sink"), every);
    }
}
