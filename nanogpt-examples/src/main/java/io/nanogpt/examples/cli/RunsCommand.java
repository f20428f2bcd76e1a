package io.nanogpt.examples.cli;

import picocli.CommandLine.Command;

/** The {@code runs} verbs. */
@Command(
        name = "runs",
        description = "List, compare, draw and delete runs of a run log.",
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
