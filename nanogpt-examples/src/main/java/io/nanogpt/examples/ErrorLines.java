package io.nanogpt.examples;

import io.nanogpt.NanogptException;
import io.nanogpt.train.TrainingDivergedException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** Turns errors into an exit code and one line on standard error. */
public final class ErrorLines {
    static final int FAILED = 1;
    static final int BAD_INPUT = 2;

    private static final Pattern LINE_BREAKS = Pattern.compile("\\s*\\R\\s*");

    private ErrorLines() {}

    /** Has a command line print errors this way. */
    public static CommandLine on(CommandLine line) {
        return line.setParameterExceptionHandler(ErrorLines::badOption)
                .setExecutionExceptionHandler(ErrorLines::failed);
    }

    /** Options that cannot be parsed or do not fit together. */
    private static int badOption(CommandLine.ParameterException error, String[] arguments) {
        CommandLine line = error.getCommandLine();
        String verb = line.getCommandSpec().qualifiedName();
        print(line, oneLine(error) + " (see: " + verb + " --help)");
        return BAD_INPUT;
    }

    /** A verb that ended with an error. */
    private static int failed(Exception error, CommandLine line, CommandLine.@Nullable ParseResult parsed) {
        if (error instanceof TrainingDivergedException) {
            print(line, oneLine(error));
            return FAILED;
        }
        if (error instanceof NanogptException
                || error instanceof IllegalArgumentException
                || error instanceof UncheckedIOException
                || error instanceof IOException) {
            print(line, oneLine(error));
            return BAD_INPUT;
        }
        print(line, "an error in nanogpt itself: " + error);
        error.printStackTrace(line.getErr());
        return FAILED;
    }

    private static void print(CommandLine line, String text) {
        PrintWriter err = line.getErr();
        err.println("nanogpt: " + text);
        err.flush();
    }

    private static String oneLine(Exception error) {
        String message = error.getMessage();
        return LINE_BREAKS.matcher(message == null ? error.toString() : message).replaceAll(" ");
    }
}
