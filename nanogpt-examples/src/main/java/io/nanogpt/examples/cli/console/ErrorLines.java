package io.nanogpt.examples.cli.console;

import io.nanogpt.NanogptException;
import io.nanogpt.train.TrainingDivergedException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Exit codes, and errors as one line on standard error. */
public final class ErrorLines {
    /** The exit code of a run that diverged, and of an error in this program. */
    public static final int FAILED = 1;
    /** The exit code of options or input that cannot be used. */
    public static final int BAD_INPUT = 2;

    private static final Pattern LINE_BREAKS = Pattern.compile("\\s*\\R\\s*");

    /** Messages of picocli. */
    private static final Pattern INVALID_VALUE = Pattern.compile(
            "Invalid value for option '(--[\\w-]+)'(?: at index \\d+)?(?: \\([^)]*\\))?(?:\\[\\d+])?(?: \\([^)]*\\))?:"
                    + " (.*)");

    private static final Pattern NOT_A_NUMBER = Pattern.compile("'(.*)' is not an? (int|long|double|float)");

    private ErrorLines() {}

    /** Has a command line print errors this way. */
    static void use(CommandLine line) {
        line.setParameterExceptionHandler(ErrorLines::badOption).setExecutionExceptionHandler(ErrorLines::failed);
    }

    /** Options that cannot be parsed or do not fit together. */
    private static int badOption(CommandLine.ParameterException error, String[] arguments) {
        CommandLine line = error.getCommandLine();
        String message = error instanceof CommandLine.MissingParameterException
                ? unknownOption(line.getCommandSpec(), arguments).orElseGet(() -> message(error))
                : message(error);
        print(line, message + " (see: " + line.getCommandSpec().qualifiedName() + " --help)");
        return BAD_INPUT;
    }

    /** The message of an error in the options, in the form of this program's own messages. */
    public static String message(CommandLine.ParameterException error) {
        CommandSpec command = error.getCommandLine().getCommandSpec();
        if (error instanceof CommandLine.UnmatchedArgumentException unmatched) {
            return unmatched(command, unmatched.getUnmatched());
        }
        String message = oneLine(error);
        if (message.startsWith("Missing required subcommand")) {
            return "a verb is missing; the verbs are "
                    + String.join(", ", command.subcommands().keySet());
        }
        if (error instanceof CommandLine.MissingParameterException) {
            return message.replace("Missing", "missing").replace("'", "").replace("=", " ");
        }
        Matcher value = INVALID_VALUE.matcher(message);
        if (!value.matches()) {
            return message;
        }
        Matcher number = NOT_A_NUMBER.matcher(value.group(2));
        if (!number.matches()) {
            return value.group(1) + " " + value.group(2);
        }
        String kind = number.group(2).equals("int") || number.group(2).equals("long") ? "a whole number" : "a number";
        String given = number.group(1).isEmpty() ? "empty" : number.group(1);
        return value.group(1) + " must be " + kind + ", but is " + given;
    }

    private static String unmatched(CommandSpec command, List<String> arguments) {
        String argument = arguments.get(0);
        if (argument.startsWith("-")) {
            String name = argument.split("=", 2)[0];
            return "unknown option " + name + didYouMean(name, optionNames(command));
        }
        return command.subcommands().isEmpty()
                ? "unexpected argument " + argument
                : "unknown verb " + argument
                        + didYouMean(argument, command.subcommands().keySet());
    }

    /** A mistyped option may be the one that seems to be missing. */
    private static Optional<String> unknownOption(CommandSpec command, String[] arguments) {
        List<String> known = optionNames(command);
        return Arrays.stream(arguments)
                .filter(argument -> argument.startsWith("--"))
                .map(argument -> argument.split("=", 2)[0])
                .filter(name -> !known.contains(name))
                .findFirst()
                .map(name -> unmatched(command, List.of(name)));
    }

    /** All names of all options, those with {@code --no-} too. */
    private static List<String> optionNames(CommandSpec command) {
        return Stream.concat(command.optionsMap().keySet().stream(), command.negatedOptionsMap().keySet().stream())
                .toList();
    }

    private static String didYouMean(String given, Collection<String> known) {
        return Suggestions.nearest(given, known)
                .map(name -> "; did you mean " + name + "?")
                .orElse("");
    }

    /** A verb that ended with an error. */
    private static int failed(Exception error, CommandLine line, CommandLine.@Nullable ParseResult parsed) {
        if (error instanceof TrainingDivergedException) {
            print(line, message(error, line));
            return FAILED;
        }
        if (error instanceof NanogptException
                || error instanceof IllegalArgumentException
                || error instanceof UncheckedIOException
                || error instanceof IOException) {
            print(line, message(error, line));
            return BAD_INPUT;
        }
        print(line, "an error in nanogpt itself: " + error);
        error.printStackTrace(line.getErr());
        return FAILED;
    }

    private static String message(Exception error, CommandLine line) {
        return OptionNames.in(oneLine(error), line.getCommandSpec());
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
