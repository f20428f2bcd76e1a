package io.nanogpt.examples.cli;

import io.nanogpt.examples.cli.options.RunLogSource;
import io.nanogpt.experiment.ResultTable;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The {@code runs compare} verb. */
@Command(
        name = "compare",
        description = "Compare some runs: the settings in which they differ, and their final losses.",
        footer = "  nanogpt runs compare --runs my-runs 2026-11-21 2026-11-22")
final class RunsCompareCommand extends Verb {
    @Mixin
    private RunLogSource source = new RunLogSource();

    @Parameters(arity = "2..*", paramLabel = "ID", description = "ids of runs, or their first characters")
    private List<String> ids = new ArrayList<>();

    @Override
    public Integer call() {
        ResultTable table = ResultTable.of(source.runs(ids));
        out().print(table.format(json() ? ResultTable.Format.JSON : ResultTable.Format.MARKDOWN));
        out().flush();
        return 0;
    }
}
