package io.nanogpt.chart;

import io.nanogpt.experiment.Run;
import io.nanogpt.spi.Library;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * All about an experiment in one HTML file: curves, results with their statistics, failed runs and their errors, samples
 * and settings. It loads nothing from elsewhere and runs no script, fits a phone, and follows the reader's choice of light
 * or dark colours. The same runs give the same bytes.
 *
 * <pre>{@code
 * Report.of("Learning rates", RunLog.open(Path.of("runs")).list())
 *         .groupedBy("learning-rate")
 *         .with(Charts.layerAverages(model.attention("the tumour")))
 *         .write(Path.of("report.html"));
 * }</pre>
 *
 * @param title of the page
 * @param runs that it is about
 * @param groupBy the setting by which charts are grouped, as {@link Charts#runs(RunPlot, List)} does where there is none
 * @param figures that follow the charts of the runs
 */
public record Report(String title, List<Run> runs, Optional<String> groupBy, List<Chart> figures) {
    /** @throws IllegalArgumentException if there are no runs */
    public Report {
        Objects.requireNonNull(title, "title");
        Objects.requireNonNull(groupBy, "groupBy");
        runs = List.copyOf(runs);
        figures = List.copyOf(figures);
        if (runs.isEmpty()) {
            throw new IllegalArgumentException("a report needs at least one run; is this the folder of their log?");
        }
    }

    /** A report of some runs. */
    public static Report of(String title, List<Run> runs) {
        return new Report(title, runs, Optional.empty(), List.of());
    }

    /**
     * With charts grouped by a setting.
     *
     * @param setting such as {@code learning-rate}, or {@code label} or {@code seed}
     */
    public Report groupedBy(String setting) {
        return new Report(title, runs, Optional.of(setting), figures);
    }

    /** With one more figure, such as maps of attention. */
    public Report with(Chart figure) {
        List<Chart> more = new ArrayList<>(figures);
        more.add(figure);
        return new Report(title, runs, groupBy, more);
    }

    /**
     * The page.
     *
     * @throws IllegalArgumentException if no run has the setting to group by
     */
    public String html() {
        return Library.get().drawing().html(this);
    }

    /**
     * Writes {@link #html()}.
     *
     * @throws IllegalArgumentException if no run has the setting to group by
     * @throws java.io.UncheckedIOException naming the file and the reason, if it cannot be written
     */
    public void write(Path file) {
        Library.get().drawing().write(this, file);
    }
}
