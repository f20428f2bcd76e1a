package io.nanogpt.examples;

import io.nanogpt.chart.Report;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes all about an experiment. */
@Command(name = "report", description = "Writes charts, results, samples and settings of runs into one HTML file.")
final class RunsReportCommand extends Verb {
    @Mixin
    private RunLogSource source = new RunLogSource();

    @Option(
            names = "--group-by",
            paramLabel = "SETTING",
            description =
                    "a colour for each value of a setting, of label or of seed; of what tells runs apart by default")
    private @Nullable String groupBy;

    @Option(names = "--title", description = "of the page; Experiment by default")
    private String title = "Experiment";

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "FILE.html")
    @SuppressWarnings("NullAway.Init") // required
    private Path file;

    @Override
    public Integer call() {
        Report report = Report.of(title, source.runs());
        (groupBy == null ? report : report.groupedBy(groupBy)).write(file);
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
