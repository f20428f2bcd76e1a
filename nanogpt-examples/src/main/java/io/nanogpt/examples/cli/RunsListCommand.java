package io.nanogpt.examples.cli;

import io.nanogpt.examples.cli.options.RunLogSource;
import io.nanogpt.experiment.ResultTable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The {@code runs list} verb. */
@Command(
        name = "list",
        description = "List runs with the settings in which they differ, and their final losses.",
        footer = {"  nanogpt runs list --runs my-runs", "  nanogpt runs list --runs my-runs --seeds --csv"})
final class RunsListCommand extends Verb {
    @Mixin
    private RunLogSource source = new RunLogSource();

    @Option(
            names = "--seeds",
            description = "one row for runs that differ in their seed alone, with mean and deviation")
    private boolean seeds;

    @Option(names = "--csv", description = "print comma-separated values, not a Markdown table")
    private boolean csv;

    @Override
    public Integer call() {
        require(!csv || !json(), "give --csv or --json, not both");
        ResultTable table = seeds ? ResultTable.overSeeds(source.runs()) : ResultTable.of(source.runs());
        out().print(table.format(
                json() ? ResultTable.Format.JSON : csv ? ResultTable.Format.CSV : ResultTable.Format.MARKDOWN));
        out().flush();
        return 0;
    }
}
