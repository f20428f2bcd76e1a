package io.nanogpt.examples;

import io.nanogpt.experiment.ResultTable;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Some runs side by side. */
@Command(name = "compare", description = "Shows in which settings runs differ, and how they ended.")
final class RunsCompareCommand extends Verb {
    @Mixin
    private RunLogSource source = new RunLogSource();

    @Parameters(arity = "2..*", paramLabel = "ID", description = "of the runs, or their beginnings")
    private List<String> ids = new ArrayList<>();

    @Override
    public Integer call() {
        ResultTable table = ResultTable.of(source.runs(ids));
        out().print(table.format(json() ? ResultTable.Format.JSON : ResultTable.Format.MARKDOWN));
        out().flush();
        return 0;
    }
}
