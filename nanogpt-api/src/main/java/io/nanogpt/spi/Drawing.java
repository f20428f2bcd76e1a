package io.nanogpt.spi;

import io.nanogpt.chart.Chart;
import io.nanogpt.chart.Heatmap;
import io.nanogpt.chart.Report;
import io.nanogpt.chart.RunPlot;
import io.nanogpt.experiment.Run;
import io.nanogpt.train.LearningRateFinder;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The charts and reports that the library can draw. */
public interface Drawing {
    /** A chart of runs, grouped by a setting or by all in which they differ. */
    Chart runs(RunPlot plot, List<Run> runs, Optional<String> groupBy);

    /** The curve of a search for a learning rate. */
    Chart learningRates(LearningRateFinder.Result result);

    /** Rows of maps in one scale of colours. */
    Chart heatmaps(String title, List<List<Heatmap>> rows);

    /** The page of a report. */
    String html(Report report);

    /** Writes the page of a report. */
    void write(Report report, Path file);
}
