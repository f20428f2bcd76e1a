package io.nanogpt.examples;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Removes all runs. */
@Command(name = "clear", description = "Deletes all runs of a log.")
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
