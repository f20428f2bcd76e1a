package io.nanogpt.examples.cli;

import picocli.CommandLine.Command;

/** The {@code data} verbs. */
@Command(
        name = "data",
        description = "Get the texts of the lessons, and look at texts.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "VERB",
        subcommands = {
            DataTextCommand.Captions.class,
            DataTextCommand.TinyShakespeare.class,
            DataTextCommand.TinyStories.class,
            DataTextCommand.Sequences.class,
            DataShowCommand.class
        })
final class DataCommand {}
