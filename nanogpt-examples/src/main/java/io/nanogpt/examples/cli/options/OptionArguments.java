package io.nanogpt.examples.cli.options;

import java.util.List;
import picocli.CommandLine.Model.OptionSpec;

/** Settings of a JSON object as arguments of a command line. */
public final class OptionArguments {
    private OptionArguments() {}

    /**
     * The arguments that set an option: a flag that is true is given, a list gives its option several times.
     *
     * @param name of the option, without dashes
     * @param value a Boolean for a flag; for others a text, a number or a list of them
     * @throws IllegalArgumentException if the option is a flag and the value is no Boolean
     */
    public static List<String> of(OptionSpec option, String name, Object value) {
        boolean flag = option.arity().max() == 0;
        if (flag && value instanceof Boolean on) {
            return on ? List.of("--" + name) : option.negatable() ? List.of("--no-" + name) : List.of();
        }
        if (flag) {
            throw new IllegalArgumentException("\"" + name + "\" must be true or false, but is " + value);
        }
        List<?> values = value instanceof List<?> list ? list : List.of(value);
        return values.stream().map(one -> "--" + name + "=" + one).toList();
    }
}
