package io.nanogpt.spi;

import io.nanogpt.chart.Chart;
import io.nanogpt.chart.Heatmap;
import io.nanogpt.chart.Report;
import io.nanogpt.chart.RunChartOptions;
import io.nanogpt.chart.RunPlot;
import io.nanogpt.chart.TokenComparison;
import io.nanogpt.experiment.Run;
import io.nanogpt.train.LearningRateFinder;
import java.nio.file.Path;
import java.util.List;

/** Draws charts and reports. */
public interface Drawing {
    /** Draws a chart of runs, grouped by a setting or, without one, by all settings in which they differ. */
    Chart runs(RunPlot plot, List<Run> runs, RunChartOptions options);

    /** Draws the loss curve of a learning-rate search. */
    Chart learningRates(LearningRateFinder.Result result);

    /** Draws rows of heatmaps with one colour scale. */
    Chart heatmaps(String title, List<List<Heatmap>> rows);

    /** Returns a report as an HTML page. */
    String html(Report report);

    /** Writes a report as an HTML page. */
    void write(Report report, Path file);

    /** Returns the tokens of a text as an HTML page. */
    String html(TokenComparison comparison);

    /** Writes the tokens of a text as an HTML page. */
    void write(TokenComparison comparison, Path file);
}
