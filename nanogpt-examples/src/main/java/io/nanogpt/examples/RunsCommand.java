package io.nanogpt.examples;

import picocli.CommandLine.Command;

/** Looks at the runs of a log. */
@Command(
        name = "runs",
        description = "Lists, compares, draws and deletes the runs that train --runs and sweep have logged.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "VERB",
        subcommands = {
            RunsListCommand.class,
            RunsShowCommand.class,
            RunsCompareCommand.class,
            RunsPlotCommand.class,
            RunsReportCommand.class,
            RunsDeleteCommand.class,
            RunsClearCommand.class
        })
final class RunsCommand {}
