package io.nanogpt.examples.cli.console;

import java.io.Console;
import java.util.Locale;

/** Output for a terminal. */
final class Terminal {
    /** Clears the rest of the line, so that a shorter line leaves nothing of a longer one. */
    static final String CLEAR_LINE = "\033[K";

    private Terminal() {}

    /** Minutes and seconds, with hours where there are any. */
    static String clock(double seconds) {
        long whole = Math.max(0, Math.round(seconds));
        return whole < 3600
                ? String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60)
                : String.format(Locale.ROOT, "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
    }

    /** A console alone is no proof from Java 22 on, where there is one without a terminal, too. */
    @SuppressWarnings("SystemConsoleNull") // both cases are handled
    static boolean isAttached() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException e) {
            return true; // Before Java 22 a console is a terminal.
        }
    }
}
