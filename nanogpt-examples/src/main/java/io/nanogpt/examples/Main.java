package io.nanogpt.examples;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code nanogpt} command line: {@code java -jar nanogpt.jar VERB}. */
@Command(
        name = "nanogpt",
        description = "Trains small GPTs on text, and asks them.",
        mixinStandardHelpOptions = true,
        versionProvider = CommandLineVersion.class,
        synopsisSubcommandLabel = "VERB",
        subcommands = {
            TrainCommand.class,
            FindLearningRateCommand.class,
            FindBatchCommand.class,
            SweepCommand.class,
            RunsCommand.class,
            EvaluateCommand.class,
            GenerateCommand.class,
            GridCommand.class,
            ImportCommand.class,
            LogitsCommand.class,
            AttentionCommand.class,
            AccountCommand.class,
            ExportCommand.class,
            TokenizerCommand.class,
            DemoCommand.class,
            DoctorCommand.class
        })
public final class Main {
    private Main() {}

    /** Runs a verb and exits with its code: 0, 2 for bad input, 1 for any other error. */
    public static void main(String[] arguments) {
        if (Relauncher.isNeeded()) {
            System.exit(Relauncher.relaunch(Main.class, arguments));
        }
        Relauncher.endWithParent();
        // Charts need no screen, and a terminal may name one that is not there.
        System.setProperty("java.awt.headless", "true");
        System.exit(commandLine().execute(arguments));
    }

    /** The verbs with their error handling, writing to standard output and standard error. */
    static CommandLine commandLine() {
        CommandLine line = ErrorLines.on(new CommandLine(new Main()));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        // A verb is missing: what picocli would do by default is a stack trace.
        line.setExecutionStrategy(parsed -> {
            if (!parsed.hasSubcommand() && !parsed.isUsageHelpRequested() && !parsed.isVersionHelpRequested()) {
                PrintWriter err = parsed.commandSpec().commandLine().getErr();
                err.println("nanogpt: a verb is missing (see: nanogpt --help)");
                return ErrorLines.BAD_INPUT;
            }
            return new CommandLine.RunLast().execute(parsed);
        });
        return line;
    }
}
