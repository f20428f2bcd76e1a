package io.nanogpt.impl.metrics;

import io.nanogpt.train.MetricSink;
import io.nanogpt.train.TrainingPlan;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes a CSV file with fixed columns; metrics of other names are omitted. */
final class CsvSink implements MetricSink {
    private static final List<String> COLUMNS = List.of(
            "seconds",
            "tokens",
            "loss",
            "train_loss",
            "validation_loss",
            "averaged_loss",
            "perplexity",
            "learning_rate",
            "gradient_norm",
            "tokens_per_second",
            "step_seconds",
            "flops_per_second",
            "mfu",
            "memory_bytes");

    private final LogFile file;

    CsvSink(Path path) {
        file = new LogFile(path);
    }

    @Override
    public void start(TrainingPlan plan) {
        file.open("step," + String.join(",", COLUMNS) + "\n", plan.firstStep(), CsvSink::step);
    }

    /** The step of a row; -1 for a row that a crash cut short, whose step may be cut, too. */
    private static int step(String row) {
        String[] cells = row.split(",", -1);
        boolean whole = cells.length == COLUMNS.size() + 1 && cells[0].matches("\\d{1,9}");
        return whole ? Integer.parseInt(cells[0]) : -1;
    }

    @Override
    public void scalars(int step, Map<String, Double> values) {
        file.line(step + ","
                + COLUMNS.stream()
                        .map(name -> values.containsKey(name) ? values.get(name).toString() : "")
                        .collect(Collectors.joining(",")));
    }

    @Override
    public void close() {
        file.close();
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
