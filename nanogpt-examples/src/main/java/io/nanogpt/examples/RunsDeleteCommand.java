package io.nanogpt.examples;

import io.nanogpt.experiment.Run;
import io.nanogpt.experiment.RunLog;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Removes some runs. */
@Command(name = "delete", description = "Deletes runs from their log; a sweep runs them again.")
final class RunsDeleteCommand extends Verb {
    @Mixin
    private RunLogSource source = new RunLogSource();

    @Parameters(arity = "1..*", paramLabel = "ID", description = "of the runs, or their beginnings")
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
