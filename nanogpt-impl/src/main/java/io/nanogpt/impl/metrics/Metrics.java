package io.nanogpt.impl.metrics;

import io.nanogpt.spi.MetricSinks;
import io.nanogpt.train.MetricSink;
import io.nanogpt.train.TrainingListener;
import java.net.URI;
import java.nio.file.Path;

/** Creates metric sinks. */
public final class Metrics implements MetricSinks {
    /** Creates the factory. */
    public Metrics() {}

    @Override
    public MetricSink csv(Path file) {
        return new CsvSink(file);
    }

    @Override
    public MetricSink jsonLines(Path file) {
        return new JsonLinesSink(file);
    }

    @Override
    public MetricSink tensorBoard(Path folder) {
        return new TensorBoardSink(folder, new SteadyTime());
    }

    @Override
    public MetricSink mlflow(URI server, String experiment) {
        return new MlflowSink(server, experiment, new SteadyTime());
    }

    @Override
    public TrainingListener listener(MetricSink sink, int every) {
        return new SinkListener(sink, every);
    }
}
