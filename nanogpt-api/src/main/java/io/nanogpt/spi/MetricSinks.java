package io.nanogpt.spi;

import io.nanogpt.train.MetricSink;
import io.nanogpt.train.TrainingListener;
import java.net.URI;
import java.nio.file.Path;

/** The sinks that the library has. */
public interface MetricSinks {
    /** A table. */
    MetricSink csv(Path file);

    /** A JSON object a line. */
    MetricSink jsonLines(Path file);

    /** An event file for TensorBoard. */
    MetricSink tensorBoard(Path folder);

    /** A run on an MLflow server. */
    MetricSink mlflow(URI server, String experiment);

    /** Turns what a run tells into numbers for a sink. */
    TrainingListener listener(MetricSink sink, int every);
}
