package io.nanogpt.examples.cli;

import io.nanogpt.examples.cli.console.JsonLine;
import io.nanogpt.examples.cli.options.RunLogSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The {@code runs clear} verb. */
@Command(name = "clear", description = "Delete all runs of a log.", footer = "  nanogpt runs clear --runs my-runs")
final class RunsClearCommand extends Verb {
    @Mixin
    private RunLogSource source = new RunLogSource();

    @Override
    public Integer call() {
        int deleted = source.open().clear();
        if (json()) {
            out().println(new JsonLine().put("deleted", deleted));
        } else {
            out().println("deleted " + deleted + (deleted == 1 ? " run" : " runs"));
        }
        out().flush();
        return 0;
    }
}
