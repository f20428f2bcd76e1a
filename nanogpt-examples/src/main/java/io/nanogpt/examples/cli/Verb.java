package io.nanogpt.examples.cli;

import io.nanogpt.examples.cli.console.Heading;
import io.nanogpt.examples.cli.console.TerminalWriter;
import java.io.PrintWriter;
import java.lang.reflect.Field;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The common part of all verbs: {@code --help}, {@code --json} and the streams that they write to. */
@Command(mixinStandardHelpOptions = true, sortOptions = false)
abstract class Verb implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before anything else happens
    private CommandSpec spec;

    @Heading(Heading.GENERAL)
    @Option(names = "--json", description = "print the result as one JSON object, on the last line of standard output")
    private boolean json;

    final boolean json() {
        return json;
    }

    /** The options that were given, by their names without dashes, in the order of the help. */
    final Map<String, String> given() {
        Map<String, String> given = new LinkedHashMap<>();
        for (OptionSpec option : spec.commandLine().getParseResult().matchedOptions()) {
            given.put(option.longestName().substring(2), text(option));
        }
        return given;
    }

    /** The values of an option, as they were given. */
    private static String text(OptionSpec option) {
        Object value = option.getValue();
        return value instanceof Boolean ? value.toString() : String.join(",", option.originalStringValues());
    }

    /** The options of a group that were given, such as {@code --layers}. */
    final List<String> givenOf(Class<?> group) {
        return spec.commandLine().getParseResult().matchedOptions().stream()
                .filter(option -> option.userObject() instanceof Field field && field.getDeclaringClass() == group)
                .map(OptionSpec::longestName)
                .toList();
    }

    /** Refuses options that do not fit together. */
    final void require(boolean condition, String otherwise) {
        if (!condition) {
            throw badOption(otherwise);
        }
    }

    final PrintWriter out() {
        return spec.commandLine().getOut();
    }

    final PrintWriter err() {
        return spec.commandLine().getErr();
    }

    /** Standard error for a line that is redrawn. */
    final PrintWriter progress() {
        return TerminalWriter.forControls(err());
    }

    /** An error in the options. */
    final CommandLine.ParameterException badOption(String message) {
        return new CommandLine.ParameterException(spec.commandLine(), message);
    }
}
