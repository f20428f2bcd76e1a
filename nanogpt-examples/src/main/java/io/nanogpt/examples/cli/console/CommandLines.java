package io.nanogpt.examples.cli.console;

import java.nio.file.Path;
import picocli.CommandLine;

/** Command lines in the form of this program: errors as one line, enum names, help in sections, and the version. */
public final class CommandLines {
    private CommandLines() {}

    /** The command line of a command and its subcommands. */
    public static CommandLine of(Object command) {
        CommandLine line = new CommandLine(command);
        configure(line);
        ErrorLines.use(line);
        return line;
    }

    private static void configure(CommandLine line) {
        EnumNames.use(line);
        line.registerConverter(Path.class, new PathConverter());
        HelpPage.layOut(line);
        line.getCommandSpec().versionProvider(new CommandLineVersion());
        line.getSubcommands().values().forEach(CommandLines::configure);
    }
}
