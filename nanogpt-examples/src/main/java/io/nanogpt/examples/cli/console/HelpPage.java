package io.nanogpt.examples.cli.console;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** The layout of {@code --help}: a short synopsis, options in sections by their {@link Heading}, and examples. */
final class HelpPage {
    private static final String OPTIONS = "Options";
    private static final int WIDTH = 100;
    private static final int LONGEST_OPTION_COLUMN = 34;

    private HelpPage() {}

    /** Lays out the help of one command; not of its subcommands. */
    static void layOut(CommandLine line) {
        line.setUsageHelpWidth(WIDTH).setUsageHelpLongOptionsMaxWidth(LONGEST_OPTION_COLUMN);
        line.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_SYNOPSIS, HelpPage::synopsis);
        line.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, HelpPage::options);
        UsageMessageSpec usage = line.getCommandSpec().usageMessage();
        usage.optionListHeading("%n");
        if (!line.getSubcommands().isEmpty()) {
            usage.commandListHeading("%nVerbs:%n");
        }
        if (usage.footer().length > 0) {
            usage.footerHeading("%nExamples:%n");
        }
    }

    /** The required options and parameters; the others are {@code [OPTIONS]}. */
    private static String synopsis(Help help) {
        CommandSpec spec = help.commandSpec();
        StringBuilder text = new StringBuilder(spec.qualifiedName());
        if (!spec.subcommands().isEmpty()) {
            return text.append(" VERB [OPTIONS]").append(System.lineSeparator()).toString();
        }
        for (OptionSpec option : spec.options()) {
            if (option.required()) {
                text.append(' ').append(option.longestName()).append(' ').append(option.paramLabel());
            }
        }
        for (ArgSpec parameter : spec.positionalParameters()) {
            text.append(' ')
                    .append(parameter.paramLabel())
                    .append(parameter.arity().max() > 1 ? "..." : "");
        }
        return text.append(" [OPTIONS]").append(System.lineSeparator()).toString();
    }

    private static String options(Help help) {
        List<OptionSpec> all = help.commandSpec().options().stream()
                .filter(option -> !option.hidden())
                .toList();
        Map<String, List<OptionSpec>> sections = new LinkedHashMap<>();
        sections.put(OPTIONS, new ArrayList<>());
        for (OptionSpec option : all) {
            sections.computeIfAbsent(heading(option), heading -> new ArrayList<>())
                    .add(option);
        }
        List<OptionSpec> general = sections.remove(Heading.GENERAL);
        if (general != null) {
            sections.put(Heading.GENERAL, general);
        }
        StringBuilder text = new StringBuilder();
        sections.forEach((heading, options) -> {
            if (!options.isEmpty()) {
                Help.Layout layout =
                        help.createDefaultLayout(all, help.commandSpec().positionalParameters(), help.colorScheme());
                layout.addOptions(options, help.parameterLabelRenderer());
                text.append(text.isEmpty() ? "" : System.lineSeparator())
                        .append(heading)
                        .append(':')
                        .append(System.lineSeparator())
                        .append(layout);
            }
        });
        return text.toString();
    }

    private static String heading(OptionSpec option) {
        if (!(option.userObject() instanceof Field field)) {
            return Heading.GENERAL;
        }
        Heading own = field.getAnnotation(Heading.class);
        Heading ofClass = field.getDeclaringClass().getAnnotation(Heading.class);
        if (own != null) {
            return own.value();
        }
        return ofClass != null
                ? ofClass.value()
                : field.getDeclaringClass().getName().startsWith("picocli.") ? Heading.GENERAL : OPTIONS;
    }
}
