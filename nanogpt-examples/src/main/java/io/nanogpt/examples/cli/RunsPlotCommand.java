package io.nanogpt.examples.cli;

import io.nanogpt.chart.Chart;
import io.nanogpt.chart.Charts;
import io.nanogpt.chart.RunPlot;
import io.nanogpt.examples.cli.console.JsonLine;
import io.nanogpt.examples.cli.options.ChartFile;
import io.nanogpt.examples.cli.options.RunChartArguments;
import io.nanogpt.examples.cli.options.RunLogSource;
import io.nanogpt.experiment.Run;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The {@code runs plot} verb. */
@Command(
        name = "plot",
        description = "Draw a chart of the runs of a log.",
        footer = {
            "  nanogpt runs plot --runs my-runs --out losses.svg",
            "  nanogpt runs plot --runs my-runs --kind finals --group-by learning-rate --out finals.png",
            "  nanogpt runs plot --runs my-runs --kind factors --baseline plain --out factors.svg"
        })
final class RunsPlotCommand extends Verb {
    @Mixin
    private RunLogSource source = new RunLogSource();

    @Option(
            names = "--kind",
            paramLabel = "KIND",
            description =
                    "losses over steps, tokens or seconds, the final losses as dots, over parameters or over learning"
                            + " rates, a small chart for each of the factors, or the steps' learning rate, gradient"
                            + " norm or speed; one of ${COMPLETION-CANDIDATES} (default: steps)")
    private RunPlot kind = RunPlot.STEPS;

    @Mixin
    private RunChartArguments charts = new RunChartArguments();

    @Option(names = "--title", paramLabel = "TEXT", description = "title of the chart")
    private @Nullable String title;

    @Option(
            names = "--width",
            paramLabel = "N",
            description = "width of the chart; a PNG has twice as many pixels (default: 760)")
    private @Nullable Integer width;

    @Option(
            names = "--out",
            required = true,
            converter = ChartFile.Converter.class,
            paramLabel = "FILE",
            description = "chart to write: FILE.png or FILE.svg")
    @SuppressWarnings("NullAway.Init") // required
    private ChartFile file;

    @Override
    public Integer call() {
        List<Run> runs = source.runs();
        Chart chart = Charts.runs(kind, runs, charts.options());
        if (title != null) {
            chart = chart.withTitle(title);
        }
        if (width != null) {
            chart = chart.withWidth(width);
        }
        file.write(chart);
        if (json()) {
            out().println(new JsonLine().put("file", file.toString()).put("runs", runs.size()));
        } else {
            out().println("drew " + runs.size() + " runs to " + file);
        }
        out().flush();
        return 0;
    }
}
