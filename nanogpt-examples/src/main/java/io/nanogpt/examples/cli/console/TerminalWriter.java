package io.nanogpt.examples.cli.console;

import java.io.PrintWriter;
import picocli.CommandLine;

/** Text for a terminal, in which the controls of what is printed are visible. */
public final class TerminalWriter extends PrintWriter {
    private final PrintWriter controls;

    TerminalWriter(PrintWriter controls) {
        super(new VisibleWriter(controls));
        this.controls = controls;
    }

    /**
     * Uses such writers for standard output and standard error, each if it is a terminal. The help, which is the
     * program's own text, keeps its bold letters.
     */
    public static void use(CommandLine line) {
        PrintWriter out = line.getOut();
        if (Terminal.isOutput()) {
            line.setOut(new TerminalWriter(out));
        }
        if (Terminal.isError()) {
            line.setErr(new TerminalWriter(line.getErr()));
        }
        CommandLine.IExecutionStrategy strategy = line.getExecutionStrategy();
        line.setExecutionStrategy(parsed -> {
            if (parsed.asCommandLineList().stream().anyMatch(CommandLine::isUsageHelpRequested)) {
                line.setOut(out);
            }
            return strategy.execute(parsed);
        });
    }

    /** The writer for a display that redraws its line, and prints no text of others. */
    public static PrintWriter forControls(PrintWriter writer) {
        return writer instanceof TerminalWriter terminal ? terminal.controls : writer;
    }
}
