package io.nanogpt.spi;

import io.nanogpt.train.MetricSink;
import io.nanogpt.train.TrainingListener;
import java.net.URI;
import java.nio.file.Path;

/** Creates the metric sinks of the library. */
public interface MetricSinks {
    /** Returns a sink that writes comma-separated values. */
    MetricSink csv(Path file);

    /** Returns a sink that writes one JSON object per line. */
    MetricSink jsonLines(Path file);

    /** Returns a sink that writes a TensorBoard event file. */
    MetricSink tensorBoard(Path folder);

    /** Returns a sink that logs to a run on an MLflow server. */
    MetricSink mlflow(URI server, String experiment);

    /** Returns a listener that writes the metrics of a run to a sink, those of a step every {@code every} steps. */
    TrainingListener listener(MetricSink sink, int every);
}
