package io.nanogpt.examples.cli.console;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.TypeConversionException;

/** Enum constants as values of options: in lower case with hyphens, in help, completion and errors alike. */
public final class EnumNames {
    private EnumNames() {}

    /** The spelling of a constant on the command line. */
    public static String of(Enum<?> constant) {
        return constant.toString().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Has the enum options of one command take and list these names. */
    static void use(CommandLine line) {
        CommandSpec spec = line.getCommandSpec();
        // All options are removed and added again, which keeps their order.
        for (OptionSpec option : List.copyOf(spec.options())) {
            spec.remove(option);
            spec.addOption(option.type().isEnum() ? withNames(line, option) : option);
        }
    }

    private static OptionSpec withNames(CommandLine line, OptionSpec option) {
        register(line, option.type());
        return OptionSpec.builder(option)
                .completionCandidates(names(option.type()))
                .build();
    }

    private static <T> void register(CommandLine line, Class<T> type) {
        line.registerConverter(type, value -> convert(type, value));
    }

    private static <T> T convert(Class<T> type, String value) {
        String name = value.toLowerCase(Locale.ROOT).replace('_', '-');
        for (T constant : type.getEnumConstants()) {
            if (of((Enum<?>) constant).equals(name)) {
                return constant;
            }
        }
        throw new TypeConversionException("must be one of " + String.join(", ", names(type)) + ", but is " + value);
    }

    private static List<String> names(Class<?> type) {
        return Arrays.stream(type.getEnumConstants())
                .map(constant -> of((Enum<?>) constant))
                .collect(Collectors.toList());
    }
}
