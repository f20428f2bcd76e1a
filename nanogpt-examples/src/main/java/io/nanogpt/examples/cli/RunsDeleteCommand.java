package io.nanogpt.examples.cli;

import io.nanogpt.examples.cli.console.JsonLine;
import io.nanogpt.examples.cli.options.RunLogSource;
import io.nanogpt.experiment.Run;
import io.nanogpt.experiment.RunLog;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The {@code runs delete} verb. */
@Command(
        name = "delete",
        description = "Delete runs from a log. A sweep trains deleted runs again; saved models stay.",
        footer = "  nanogpt runs delete --runs my-runs 2026-11-21")
final class RunsDeleteCommand extends Verb {
    @Mixin
    private RunLogSource source = new RunLogSource();

    @Parameters(arity = "1..*", paramLabel = "ID", description = "ids of runs, or their first characters")
    private List<String> ids = new ArrayList<>();

    @Override
    public Integer call() {
        RunLog log = source.open();
        List<String> deleted = source.runs(ids).stream()
                .map(Run::id)
                .distinct()
                .filter(log::delete)
                .toList();
        if (json()) {
            out().println(new JsonLine().put("deleted", deleted));
        } else {
            out().println("deleted " + String.join(", ", deleted));
        }
        out().flush();
        return 0;
    }
}
