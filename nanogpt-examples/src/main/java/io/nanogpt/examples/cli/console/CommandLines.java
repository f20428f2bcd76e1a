package io.nanogpt.examples.cli.console;

import java.net.URI;
import java.nio.file.Path;
import java.security.CodeSource;
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

    /** How this program was started, for commands that are to be copied: {@code java -jar target/nanogpt.jar}. */
    public static String invocation() {
        CodeSource source = CommandLines.class.getProtectionDomain().getCodeSource();
        if (source == null || !source.getLocation().getPath().endsWith(".jar")) {
            return "nanogpt";
        }
        Path jar = Path.of(URI.create(source.getLocation().toString()));
        Path here = Path.of("").toAbsolutePath();
        return "java -jar " + (jar.startsWith(here) ? here.relativize(jar) : jar);
    }

    private static void configure(CommandLine line) {
        EnumNames.use(line);
        line.registerConverter(Path.class, new PathConverter());
        HelpPage.layOut(line);
        line.getCommandSpec().versionProvider(new CommandLineVersion());
        line.getSubcommands().values().forEach(CommandLines::configure);
    }
}
