package io.nanogpt.examples;

import io.nanogpt.chart.Chart;
import io.nanogpt.chart.Charts;
import io.nanogpt.chart.RunPlot;
import io.nanogpt.experiment.Run;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Draws runs. */
@Command(name = "plot", description = "Draws runs from their log.")
final class RunsPlotCommand extends Verb {
    @Mixin
    private RunLogSource source = new RunLogSource();

    @Option(
            names = "--kind",
            description =
                    "losses over steps (the default), tokens or seconds, bars of finals, or finals over parameters:"
                            + " ${COMPLETION-CANDIDATES}")
    private RunPlot kind = RunPlot.STEPS;

    @Option(
            names = "--group-by",
            paramLabel = "SETTING",
            description =
                    "a colour for each value of a setting, of label or of seed; of what tells runs apart by default")
    private @Nullable String groupBy;

    @Option(names = "--title", description = "what stands above the chart")
    private @Nullable String title;

    @Option(names = "--width", description = "of the chart, 760 by default; a PNG has twice as many pixels")
    private @Nullable Integer width;

    @Option(
            names = "--out",
            required = true,
            converter = ChartFile.Converter.class,
            paramLabel = "FILE",
            description = "FILE.png or FILE.svg")
    @SuppressWarnings("NullAway.Init") // required
    private ChartFile file;

    @Override
    public Integer call() {
        List<Run> runs = source.runs();
        Chart chart = groupBy == null ? Charts.runs(kind, runs) : Charts.runs(kind, runs, groupBy);
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
