package io.nanogpt.examples.cli;

import io.nanogpt.examples.cli.console.AsciiLocale;
import io.nanogpt.examples.cli.console.CommandLines;
import io.nanogpt.examples.cli.console.ErrorLines;
import io.nanogpt.examples.cli.console.Relauncher;
import io.nanogpt.examples.cli.console.TerminalWriter;
import io.nanogpt.examples.cli.options.PresetTable;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.UsageMessageSpec;

/** The {@code nanogpt} command line: {@code java -jar nanogpt.jar VERB}. */
@Command(
        name = "nanogpt",
        description = "Train, run and export small GPT models.",
        footer = {
            "  nanogpt demo",
            "  nanogpt train --data captions.json --out my-model",
            "  nanogpt generate --model my-model --prompt \"H&E\"",
            "  nanogpt train --help",
            "",
            "Exit codes:",
            "    0   success",
            "    1   an error in the program, or a run that diverged",
            "    2   bad options or input",
            "  130   ended by Ctrl-C (of train: after the model was saved)",
            "  143   ended by SIGTERM, as by Ctrl-C"
        },
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "VERB",
        subcommands = {
            TrainCommand.class,
            FindLearningRateCommand.class,
            FindBatchCommand.class,
            SweepCommand.class,
            RunsCommand.class,
            EvaluateCommand.class,
            GenerateCommand.class,
            ChatCommand.class,
            GridCommand.class,
            ServeCommand.class,
            ImportCommand.class,
            LogitsCommand.class,
            AttentionCommand.class,
            ExploreCommand.class,
            AccountCommand.class,
            ExportCommand.class,
            VerifyCommand.class,
            TokenizerCommand.class,
            DataCommand.class,
            DemoCommand.class,
            DoctorCommand.class,
            AutoComplete.GenerateCompletion.class
        })
public final class Main {
    private static final String PRESETS = "presets";

    private Main() {}

    /** Runs a verb and exits with its code: 0, 1 for an error, 2 for bad options or input; 130 after Ctrl-C. */
    public static void main(String[] arguments) {
        if (Relauncher.isNeeded()) {
            System.exit(Relauncher.relaunch(Main.class, arguments));
        }
        Relauncher.endWithParent();
        // Charts need no screen, and the terminal may refer to one that does not exist.
        System.setProperty("java.awt.headless", "true");
        CommandLine line = commandLine();
        AsciiLocale.use(line);
        TerminalWriter.use(line);
        System.exit(line.execute(AsciiLocale.arguments(arguments)));
    }

    /** The command line with all verbs, writing to standard output and standard error. */
    static CommandLine commandLine() {
        CommandLine line = CommandLines.of(new Main());
        line.getSubcommands().values().forEach(Main::addPresets);
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

    /** Lists in the help of verbs with {@code --preset} what each preset sets. */
    private static void addPresets(CommandLine verb) {
        if (verb.getCommandSpec().findOption("--preset") == null) {
            return;
        }
        List<String> sections = new ArrayList<>(verb.getHelpSectionKeys());
        sections.add(sections.indexOf(UsageMessageSpec.SECTION_KEY_FOOTER_HEADING), PRESETS);
        verb.setHelpSectionKeys(sections);
        verb.getHelpSectionMap()
                .put(
                        PRESETS,
                        help -> String.format("%nPresets, and the defaults that they set:%n") + PresetTable.text());
    }
}
