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
            "memory_bytes",
            // New ones come last, so that the rows of an older version stay in their columns when a run is resumed.
            "bits_per_byte");

    private static final String HEADER = "step," + String.join(",", COLUMNS);

    private final LogFile file;

    CsvSink(Path path) {
        file = new LogFile(path);
    }

    @Override
    public void start(TrainingPlan plan) {
        OlderRows rows = new OlderRows();
        file.open(HEADER + "\n", plan.firstStep(), rows::step, rows::extended);
    }

    /** The rows of a file, whose first line is its header. */
    private static final class OlderRows {
        /** The cells of a row; none before the header. */
        private int width;

        /** The step of a row; -1 for a row that a crash cut short, whose step may be cut, too. */
        int step(String row) {
            String[] cells = row.split(",", -1);
            if (width == 0) {
                width = HEADER.startsWith(row) ? cells.length : Integer.MAX_VALUE;
                return -1;
            }
            boolean whole = cells.length == width && cells[0].matches("\\d{1,9}");
            return whole ? Integer.parseInt(cells[0]) : -1;
        }

        /** A row with empty cells for the columns that its file does not have. */
        String extended(String row) {
            return row + ",".repeat(COLUMNS.size() + 1 - width);
        }
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
