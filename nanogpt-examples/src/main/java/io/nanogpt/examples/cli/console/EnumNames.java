package io.nanogpt.examples.cli.console;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.TypeConversionException;

/**
 * Enum constants as values of options: in lower case with hyphens, in help, completion and errors alike. Types of weights
 * keep their underscore, as llama.cpp writes them: {@code q8_0}. What is given may have either.
 */
public final class EnumNames {
    private static final Pattern BETWEEN_WORDS = Pattern.compile("_(?!\\d)");

    private EnumNames() {}

    /** The spelling of a constant on the command line. */
    public static String of(Enum<?> constant) {
        return BETWEEN_WORDS
                .matcher(constant.toString().toLowerCase(Locale.ROOT))
                .replaceAll("-");
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
        for (T constant : type.getEnumConstants()) {
            if (alike(of((Enum<?>) constant)).equals(alike(value))) {
                return constant;
            }
        }
        throw new TypeConversionException("must be one of " + String.join(", ", names(type)) + ", but is " + value);
    }

    private static String alike(String name) {
        return name.toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static List<String> names(Class<?> type) {
        return Arrays.stream(type.getEnumConstants())
                .map(constant -> of((Enum<?>) constant))
                .collect(Collectors.toList());
    }
}
