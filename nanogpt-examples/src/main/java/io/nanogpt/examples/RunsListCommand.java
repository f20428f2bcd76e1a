package io.nanogpt.examples;

import io.nanogpt.experiment.ResultTable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A row a run. */
@Command(name = "list", description = "Lists runs with the settings in which they differ, and their final losses.")
final class RunsListCommand extends Verb {
    @Mixin
    private RunLogSource source = new RunLogSource();

    @Option(names = "--seeds", description = "a row for the runs that differ in their seed alone, with statistics")
    private boolean seeds;

    @Option(names = "--csv", description = "comma-separated values instead of a table in Markdown")
    private boolean csv;

    @Override
    public Integer call() {
        ResultTable table = seeds ? ResultTable.overSeeds(source.runs()) : ResultTable.of(source.runs());
        out().print(table.format(
                json() ? ResultTable.Format.JSON : csv ? ResultTable.Format.CSV : ResultTable.Format.MARKDOWN));
        out().flush();
        return 0;
    }
}
