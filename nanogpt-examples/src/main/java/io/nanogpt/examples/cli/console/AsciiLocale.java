package io.nanogpt.examples.cli.console;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;

/**
 * The locale {@code C} or {@code POSIX}, as of containers and scheduled jobs, in which Java knows ASCII alone: other
 * characters of arguments and output become question marks, and files with such names cannot be opened. {@link Relauncher}
 * then starts the program in {@code C.UTF-8}, and passes the arguments on as the operating system has them.
 */
public final class AsciiLocale {
    private static final String ARGUMENTS = "nanogpt.arguments";
    private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");
    private static final String SEPARATOR = "\0";

    private AsciiLocale() {}

    /** Whether this process is in such a locale. */
    static boolean isUsed() {
        try {
            return Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"))
                    .equals(StandardCharsets.US_ASCII);
        } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
            return false;
        }
    }

    /** Changes the locale of a process to be started. */
    static void leave(Map<String, String> environment) {
        environment.put("LC_ALL", "C.UTF-8");
    }

    /** The option that passes the arguments on; empty if the operating system does not tell them. */
    static Optional<String> option(String[] arguments) {
        return ofSystem(arguments)
                .map(exact -> "-D" + ARGUMENTS + "="
                        + Base64.getEncoder()
                                .encodeToString(String.join(SEPARATOR, exact).getBytes(StandardCharsets.UTF_8)));
    }

    /** The arguments as the user gave them. */
    public static String[] arguments(String[] received) {
        String passed = System.getProperty(ARGUMENTS);
        if (passed != null) {
            String exact = new String(Base64.getDecoder().decode(passed), StandardCharsets.UTF_8);
            return received.length == 0 ? received : exact.split(SEPARATOR, -1);
        }
        return isUsed() ? ofSystem(received).orElse(received) : received;
    }

    private static Optional<String[]> ofSystem(String[] received) {
        try {
            String line = new String(Files.readAllBytes(COMMAND_LINE), StandardCharsets.UTF_8);
            String[] all = line.split(SEPARATOR, -1); // The last is empty, after the last separator.
            int end = all.length - 1;
            String[] exact = Arrays.copyOfRange(all, Math.max(0, end - received.length), end);
            return isSame(exact, received) ? Optional.of(exact) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty(); // Another system than Linux.
        }
    }

    /** Whether arguments are equal but for what is not ASCII. */
    private static boolean isSame(String[] exact, String[] received) {
        return Arrays.equals(
                Arrays.stream(exact).map(AsciiLocale::ascii).toArray(),
                Arrays.stream(received).map(AsciiLocale::ascii).toArray());
    }

    private static String ascii(String text) {
        return text.replaceAll("[^\\x00-\\x7F]|\\?", "");
    }

    /** Writes standard output and standard error in UTF-8, where relaunching is turned off. */
    public static void use(CommandLine line) {
        if (isUsed()) {
            line.setOut(utf8(FileDescriptor.out));
            line.setErr(utf8(FileDescriptor.err));
        }
    }

    private static PrintWriter utf8(FileDescriptor stream) {
        return new PrintWriter(new OutputStreamWriter(new FileOutputStream(stream), StandardCharsets.UTF_8), true);
    }
}
