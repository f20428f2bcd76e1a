package io.nanogpt.examples.cli.console;

import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** Output for a terminal. */
final class Terminal {
    /** Clears the rest of the line, so that a shorter line leaves nothing of a longer one. */
    static final String CLEAR_LINE = "\033[K";

    /** Of a relaunched program, whose standard error passes through the one that started it. */
    static final String ERROR_PROPERTY = "nanogpt.terminal.error";

    private static final Pattern DEVICE = Pattern.compile("/dev/(pts/|tty|console).*");

    private Terminal() {}

    /** Whether standard output is a terminal. */
    static boolean isOutput() {
        return isTerminal(1);
    }

    /** Whether standard error is, or reaches, a terminal. */
    static boolean isError() {
        String given = System.getProperty(ERROR_PROPERTY);
        return given != null ? Boolean.parseBoolean(given) : isTerminal(2);
    }

    /** Whether a terminal may show colours: not if {@code NO_COLOR} is set, or it is one that has none. */
    static boolean allowsColors(Map<String, String> environment) {
        return environment.getOrDefault("NO_COLOR", "").isEmpty()
                && !environment.getOrDefault("TERM", "").equals("dumb");
    }

    /** Looks up the file of a descriptor where the system lists them; elsewhere the console decides. */
    private static boolean isTerminal(int descriptor) {
        Path link = Path.of("/proc/self/fd", Integer.toString(descriptor));
        if (!Files.isSymbolicLink(link)) {
            return isAttached();
        }
        try {
            return DEVICE.matcher(Files.readSymbolicLink(link).toString()).matches();
        } catch (IOException e) {
            return isAttached();
        }
    }

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
