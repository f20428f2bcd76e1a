package io.nanogpt.examples.cli.options;

import io.nanogpt.train.MetricLog;
import io.nanogpt.train.TrainingListener;
import java.net.URI;
import java.nio.file.Path;

/** The listeners of {@code --log}. */
public final class Logs {
    private static final String EXPERIMENT = "nanogpt";

    private Logs() {}

    public static TrainingListener of(String kind, String place) {
        return switch (kind) {
            case "csv" -> MetricLog.csv(Path.of(place));
            case "jsonl" -> MetricLog.jsonLines(Path.of(place));
            case "tensorboard" -> MetricLog.tensorBoard(Path.of(place));
            case "mlflow" -> MetricLog.mlflow(URI.create(place), EXPERIMENT);
            default ->
                throw new IllegalArgumentException(
                        "--log must be csv=FILE, jsonl=FILE, tensorboard=DIR or mlflow=URL, but is " + kind + "="
                                + place);
        };
    }
}
