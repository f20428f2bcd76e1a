package io.nanogpt.impl.chart;

import io.nanogpt.chart.Chart;
import io.nanogpt.chart.Heatmap;
import io.nanogpt.chart.Report;
import io.nanogpt.chart.RunChartOptions;
import io.nanogpt.chart.RunChartOptions.Over;
import io.nanogpt.chart.RunPlot;
import io.nanogpt.chart.TokenComparison;
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
    public Chart runs(RunPlot plot, List<Run> runs, RunChartOptions options) {
        RunGroups groups = RunGroups.of(runs, options.groupBy());
        CurveAxis over = new CurveAxis(options.over(), options.logarithmic());
        return switch (plot) {
            case STEPS -> curves("Loss over optimizer steps", groups, Over.STEPS, options);
            case TOKENS -> curves("Loss over tokens", groups, Over.TOKENS, options);
            case SECONDS -> curves("Loss over time", groups, Over.SECONDS, options);
            case FINALS -> {
                // A setting to group by, if there is one, is instead of the factors.
                boolean byFactor = options.baseline().isPresent()
                        || options.groupBy()
                                .filter(name -> !name.equals(RunGroups.LABEL))
                                .isEmpty();
                Optional<Factors> factors = byFactor ? Factors.of(runs, options) : Optional.empty();
                yield DrawnChart.of(
                        "Losses of the final weights", (title, width) -> RunBars.draw(title, width, groups, factors));
            }
            case PARAMETERS ->
                DrawnChart.of("Loss by size of the model", (title, width) -> RunScatter.draw(title, width, groups));
            case FACTORS -> {
                Optional<Factors> factors = Factors.of(runs, options);
                yield DrawnChart.of(
                        "Loss by setting", (title, width) -> RunFactors.draw(title, width, runs, factors, over));
            }
            case RATES -> {
                RunGroups others = RunRates.groups(runs, options.groupBy());
                yield DrawnChart.of("Loss by learning rate", (title, width) -> RunRates.draw(title, width, others));
            }
            case LEARNING_RATE, GRADIENT_NORM, SPEED ->
                DrawnChart.of(RunSteps.title(plot), (title, width) -> RunSteps.draw(plot, title, width, groups, over));
        };
    }

    private static Chart curves(String name, RunGroups groups, Over over, RunChartOptions options) {
        CurveAxis axis = new CurveAxis(over, options.logarithmic());
        return DrawnChart.of(name, (title, width) -> RunCurves.draw(title, width, groups, axis));
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
        write(html(report), file);
    }

    @Override
    public String html(TokenComparison comparison) {
        return TokenPage.of(comparison);
    }

    @Override
    public void write(TokenComparison comparison, Path file) {
        write(html(comparison), file);
    }

    private static void write(String html, Path file) {
        byte[] bytes = html.getBytes(StandardCharsets.UTF_8);
        AtomicFiles.write(file, out -> out.write(bytes));
    }
}
