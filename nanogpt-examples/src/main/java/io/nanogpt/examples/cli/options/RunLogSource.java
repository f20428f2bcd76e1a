package io.nanogpt.examples.cli.options;

import io.nanogpt.experiment.Run;
import io.nanogpt.experiment.RunLog;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** The option of the run log that a verb reads. */
public final class RunLogSource {
    @Option(
            names = "--runs",
            required = true,
            paramLabel = "DIR",
            description = "run log: the --runs of train or the --out of sweep")
    @SuppressWarnings("NullAway.Init") // required
    private Path folder;

    /** The log, whose folder must be there. */
    public RunLog open() {
        if (!Files.isDirectory(folder)) {
            throw new IllegalArgumentException(
                    "there is no folder " + folder + "; give the --runs of train or the --out of sweep");
        }
        return RunLog.open(folder);
    }

    /** All runs; at least one. */
    public List<Run> runs() {
        List<Run> runs = open().list();
        if (runs.isEmpty()) {
            throw new IllegalArgumentException(folder + " has no runs");
        }
        return runs;
    }

    /**
     * The runs of these ids, in their order.
     *
     * @param ids whole, or as much of their beginning as no other run shares
     */
    public List<Run> runs(List<String> ids) {
        List<Run> all = runs();
        return ids.stream().map(id -> find(all, id)).toList();
    }

    private Run find(List<Run> runs, String id) {
        List<Run> found = runs.stream().filter(run -> run.id().startsWith(id)).toList();
        return found.stream()
                .filter(run -> run.id().equals(id) || found.size() == 1)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        found.isEmpty()
                                ? "no run in " + folder + " has an id that starts with " + id + "; runs list shows them"
                                : "the ids of " + found.size() + " runs in " + folder + " start with " + id
                                        + "; give more of it"));
    }
}
