package io.nanogpt.impl.chart;

import io.nanogpt.chart.Chart;
import io.nanogpt.chart.Heatmap;
import io.nanogpt.chart.Report;
import io.nanogpt.chart.RunPlot;
import io.nanogpt.experiment.Run;
import io.nanogpt.impl.files.AtomicFiles;
import io.nanogpt.spi.Drawing;
import io.nanogpt.train.LearningRateFinder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Draws charts and writes reports. */
public final class ChartRenderer implements Drawing {
    @Override
    public Chart runs(RunPlot plot, List<Run> runs, Optional<String> groupBy) {
        RunGroups groups = RunGroups.of(runs, groupBy);
        return switch (plot) {
            case STEPS -> curves("Loss over optimizer steps", groups, RunCurves.Over.STEPS);
            case TOKENS -> curves("Loss over tokens", groups, RunCurves.Over.TOKENS);
            case SECONDS -> curves("Loss over time", groups, RunCurves.Over.SECONDS);
            case FINALS ->
                DrawnChart.of("Losses of the final weights", (title, width) -> RunBars.draw(title, width, groups));
            case PARAMETERS ->
                DrawnChart.of("Loss by size of the model", (title, width) -> RunScatter.draw(title, width, groups));
        };
    }

    private static Chart curves(String name, RunGroups groups, RunCurves.Over over) {
        return DrawnChart.of(name, (title, width) -> RunCurves.draw(title, width, groups, over));
    }

    @Override
    public Chart learningRates(LearningRateFinder.Result result) {
        return DrawnChart.of("Search for a learning rate", (title, width) -> LearningRates.draw(title, width, result));
    }

    @Override
    public Chart heatmaps(String name, List<List<Heatmap>> rows) {
        List<List<Heatmap>> copy = rows.stream().map(List::copyOf).toList();
        return DrawnChart.of(name, (title, width) -> Heatmaps.draw(title, copy));
    }

    @Override
    public String html(Report report) {
        return HtmlReport.of(report);
    }

    @Override
    public void write(Report report, Path file) {
        byte[] bytes = html(report).getBytes(StandardCharsets.UTF_8);
        AtomicFiles.write(file, out -> out.write(bytes));
    }
}
