package io.nanogpt.examples.cli;

import picocli.CommandLine.Command;

/** The {@code tokenizer} verbs. */
@Command(
        name = "tokenizer",
        description = "Train tokenizers, look at them, and convert text to token files and back.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "VERB",
        subcommands = {
            TokenizerTrainCommand.class,
            TokenizerEncodeCommand.class,
            TokenizerDecodeCommand.class,
            TokenizerInfoCommand.class,
            TokenizerShowCommand.class
        })
final class TokenizerCommand {}
