package io.nanogpt.examples;

import picocli.CommandLine.Command;

/** Trains and uses tokenizers apart from models. */
@Command(
        name = "tokenizer",
        description = "Trains tokenizers, and turns text into token files and back.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "VERB",
        subcommands = {
            TokenizerTrainCommand.class,
            TokenizerEncodeCommand.class,
            TokenizerDecodeCommand.class,
            TokenizerInfoCommand.class
        })
final class TokenizerCommand {}
