package io.nanogpt.impl.chart;

import io.nanogpt.experiment.Run;
import java.util.List;

/** Notes on the runs of a chart: averaging over seeds, failed and unfinished runs. */
final class RunNotes {
    private RunNotes() {}

    /**
     * Adds the notes to a page.
     *
     * @param failed appended to the note on failed runs
     */
    static void write(Page page, RunGroups groups, String failed) {
        List<Run> runs = groups.runs();
        boolean repeated = groups.groups().stream()
                .flatMap(group -> group.repeats().stream())
                .anyMatch(repeats -> repeats.finished().size() > 1);
        if (repeated) {
            page.note("Means over seeds, with one standard deviation to either side.");
        }
        count(page, runs, Run.State.FAILED, " failed" + failed);
        count(page, runs, Run.State.UNFINISHED, " not finished");
    }

    private static void count(Page page, List<Run> runs, Run.State state, String what) {
        long count = runs.stream().filter(run -> run.state() == state).count();
        if (count > 0) {
            page.note(count + " of " + runs.size() + " runs " + (count == 1 ? "has" : "have") + what + ".");
        }
    }
}
