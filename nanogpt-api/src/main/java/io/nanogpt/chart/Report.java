package io.nanogpt.chart;

import io.nanogpt.experiment.Run;
import io.nanogpt.spi.Library;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A report of an experiment as one HTML file: curves, results with their statistics, failed runs and their errors,
 * samples and settings. The file has no external resources and no scripts, fits a phone, and follows the reader's
 * preference for light or dark colours. The same runs give the same bytes.
 *
 * <pre>{@code
 * Report.of("Learning rates", RunLog.open(Path.of("runs")).list())
 *         .groupedBy("learning-rate")
 *         .with(Charts.layerAverages(model.attention("the tumour")))
 *         .write(Path.of("report.html"));
 * }</pre>
 *
 * @param title the title of the page
 * @param runs the reported runs
 * @param options the options of the charts of runs
 * @param figures charts that follow those of the runs
 */
public record Report(String title, List<Run> runs, RunChartOptions options, List<Chart> figures) {
    /** @throws IllegalArgumentException if there are no runs */
    public Report {
        Objects.requireNonNull(title, "title");
        Objects.requireNonNull(options, "options");
        runs = List.copyOf(runs);
        figures = List.copyOf(figures);
        if (runs.isEmpty()) {
            throw new IllegalArgumentException("a report needs at least one run; check the folder of the run log");
        }
    }

    /**
     * Opens a page that follows runs while they train, on a free port.
     *
     * @see LiveReport
     */
    public static LiveReport live() {
        return live(LiveOptions.defaults());
    }

    /**
     * Opens a page that follows runs while they train.
     *
     * @throws io.nanogpt.NanogptException if the port is taken
     * @see LiveReport
     */
    public static LiveReport live(LiveOptions options) {
        return Library.get().live(Objects.requireNonNull(options, "options"));
    }

    /** Returns a report of runs. */
    public static Report of(String title, List<Run> runs) {
        return new Report(title, runs, RunChartOptions.defaults(), List.of());
    }

    /**
     * Returns a copy with charts grouped by a setting.
     *
     * @param setting a setting, such as {@code learning-rate}, or {@code label} or {@code seed}
     */
    public Report groupedBy(String setting) {
        return withOptions(options.withGroupBy(setting));
    }

    /** Returns a copy with these options of the charts of runs. */
    public Report withOptions(RunChartOptions value) {
        return new Report(title, runs, value, figures);
    }

    /** Returns a copy with one more figure, such as attention maps. */
    public Report with(Chart figure) {
        List<Chart> more = new ArrayList<>(figures);
        more.add(figure);
        return new Report(title, runs, options, more);
    }

    /**
     * Returns the HTML page.
     *
     * @throws IllegalArgumentException if no run has the setting to group by, or the label of the baseline
     */
    public String html() {
        return Library.get().drawing().html(this);
    }

    /**
     * Writes {@link #html()}.
     *
     * @throws IllegalArgumentException if no run has the setting to group by, or the label of the baseline
     * @throws java.io.UncheckedIOException naming the file and the reason, if it cannot be written
     */
    public void write(Path file) {
        Library.get().drawing().write(this, file);
    }
}
