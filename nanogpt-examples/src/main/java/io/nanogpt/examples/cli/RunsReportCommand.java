package io.nanogpt.examples.cli;

import io.nanogpt.chart.Report;
import io.nanogpt.examples.cli.console.JsonLine;
import io.nanogpt.examples.cli.options.RunChartArguments;
import io.nanogpt.examples.cli.options.RunLogSource;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The {@code runs report} verb. */
@Command(
        name = "report",
        description = "Write charts, results, samples and settings of runs into one HTML file.",
        footer = "  nanogpt runs report --runs my-runs --out report.html")
final class RunsReportCommand extends Verb {
    @Mixin
    private RunLogSource source = new RunLogSource();

    @Mixin
    private RunChartArguments charts = new RunChartArguments();

    @Option(names = "--title", paramLabel = "TEXT", description = "title of the page (default: Experiment)")
    private String title = "Experiment";

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "page to write: FILE.html")
    @SuppressWarnings("NullAway.Init") // required
    private Path file;

    @Override
    public Integer call() {
        Report report = Report.of(title, source.runs()).withOptions(charts.options());
        report.write(file);
        if (json()) {
            out().println(new JsonLine()
                    .put("file", file.toString())
                    .put("runs", report.runs().size()));
        } else {
            out().println("wrote a report of " + report.runs().size() + " runs to " + file);
        }
        out().flush();
        return 0;
    }
}
