package io.nanogpt.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.examples.presets.StudyPresets;
import io.nanogpt.model.Preset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** The help of every verb, and {@code docs/command-line.md} against the options that there are. */
@Tag("any-jdk")
class HelpTest {
    private static final Path DOCUMENT = Path.of("../docs/command-line.md");
    private static final Pattern ARGUMENT = Pattern.compile("\"([^\"]*)\"|(\\S+)");

    /** All verbs, with those of {@code runs} and {@code tokenizer}, but without picocli's own. */
    static Stream<CommandLine> verbs() {
        return leaves(Main.commandLine()).filter(line -> !line.getCommandName().equals("generate-completion"));
    }

    private static Stream<CommandLine> leaves(CommandLine line) {
        return line.getSubcommands().isEmpty()
                ? Stream.of(line)
                : line.getSubcommands().values().stream().flatMap(HelpTest::leaves);
    }

    private static String name(CommandLine verb) {
        return verb.getCommandSpec().qualifiedName().substring("nanogpt ".length());
    }

    @ParameterizedTest
    @MethodSource("verbs")
    void everyExampleCanBeParsed(CommandLine verb) {
        List<String> examples = Arrays.stream(
                        verb.getCommandSpec().usageMessage().footer())
                .filter(line -> line.startsWith("  nanogpt "))
                .toList();
        assertThat(examples).as(name(verb)).isNotEmpty();
        for (String example : examples) {
            List<String> arguments = arguments(example.strip().substring("nanogpt ".length()));
            CommandLine.ParseResult parsed = Main.commandLine().parseArgs(arguments.toArray(String[]::new));
            while (parsed.hasSubcommand()) {
                parsed = parsed.subcommand();
            }
            assertThat(parsed.commandSpec().qualifiedName())
                    .isEqualTo(verb.getCommandSpec().qualifiedName());
            assertThat(example).as("an example fits on a line").hasSizeLessThan(100);
        }
    }

    @ParameterizedTest
    @MethodSource("verbs")
    void everyOptionIsDescribedAndItsValuesAreListedOnce(CommandLine verb) {
        String help = verb.getUsageMessage();
        String words = help.replaceAll("\\s+", " ");
        for (OptionSpec option : verb.getCommandSpec().options()) {
            assertThat(option.description()).as(option.longestName()).isNotEmpty();
            if (option.type().isEnum()) {
                List<String> names = StreamSupport.stream(
                                option.completionCandidates().spliterator(), false)
                        .toList();
                assertThat(words).contains(String.join(", ", names));
                assertThat(option.description()[0].split(Pattern.quote(String.join(", ", names)), -1))
                        .as(option.longestName())
                        .hasSize(2);
                assertThat(names).allMatch(name -> name.equals(name.toLowerCase(Locale.ROOT)));
            }
            if (option.arity().max() > 0) {
                assertThat(option.paramLabel()).as(option.longestName()).doesNotContain("<");
            }
        }
        assertThat(help.lines()).allMatch(line -> line.length() <= 100);
        assertThat(help).contains("General options:", "Examples:");
    }

    @Test
    void optionsAreInSections() {
        String help = Outcome.run("train", "--help").out();
        assertThat(help.indexOf("\nOptions:\n")).isPositive();
        int last = 0;
        for (String section :
                List.of("Options", "Data", "Model", "Compute", "Optimization", "Checkpoints", "General options")) {
            assertThat(help.indexOf("\n" + section + ":\n")).as(section).isGreaterThan(last);
            last = help.indexOf("\n" + section + ":\n");
        }
        assertThat(help.indexOf("--keep-checkpoints")).isGreaterThan(help.indexOf("\nCheckpoints:\n"));
        assertThat(help).startsWith("Usage: nanogpt train --out DIR [OPTIONS]\n");
    }

    @Test
    void theDefaultsOfPresetsAreListed() {
        String help = Outcome.run("train", "--help").out();
        for (Preset preset : StudyPresets.all()) {
            assertThat(help).containsPattern("\n  " + preset.name() + " +\\d");
        }
        assertThat(help).containsPattern("algopath +6 +6 +384 +1536 +256 +0.2 +64 +5000\n");
        assertThat(Outcome.run("evaluate", "--help").out()).doesNotContain("Presets");
    }

    @Test
    void exitCodesAreListed() {
        assertThat(Outcome.run("--help").out())
                .containsPattern("\n +2 +bad options or input\n")
                .containsPattern("\n +130 ");
    }

    @Test
    void completionIsGenerated() {
        Outcome outcome = Outcome.run("generate-completion");
        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(outcome.out()).contains("_complete_nanogpt", "--embedding-size", "scaled-residual", "llama");
    }

    @Test
    void theDocumentListsEveryVerbAndOption() throws IOException {
        Map<String, String> groups = rows("\\*\\*([a-z]+)\\*\\*");
        Map<String, Set<String>> documented = new TreeMap<>();
        rows("`([a-z -]+)`").forEach((verb, options) -> documented.put(verb, options(options, groups)));
        Map<String, Set<String>> actual = new TreeMap<>();
        verbs().forEach(verb -> actual.put(
                name(verb),
                verb.getCommandSpec().options().stream()
                        .map(OptionSpec::longestName)
                        .filter(name ->
                                !List.of("--help", "--version", "--json").contains(name))
                        .collect(Collectors.toCollection(TreeSet::new))));
        assertThat(documented.keySet()).isEqualTo(actual.keySet());
        actual.forEach(
                (verb, options) -> assertThat(documented.get(verb)).as(verb).isEqualTo(options));
    }

    /** The rows of two columns whose first cell is of a form, by what it captures. */
    private static Map<String, String> rows(String first) throws IOException {
        Map<String, String> rows = new TreeMap<>();
        Matcher matcher = Pattern.compile("(?m)^\\| " + first + " \\| (.*)\\|$").matcher(Files.readString(DOCUMENT));
        while (matcher.find()) {
            rows.put(matcher.group(1), matcher.group(2));
        }
        return rows;
    }

    /** The options of a cell, with those of the groups that it names. */
    private static Set<String> options(String cell, Map<String, String> groups) {
        Set<String> options = new TreeSet<>();
        Matcher names = Pattern.compile("--[a-z0-9-]+|\\*\\*([a-z]+)\\*\\*").matcher(cell.replace("[no-]", ""));
        while (names.find()) {
            if (names.group(1) == null) {
                options.add(names.group());
            } else {
                options.addAll(options(groups.get(names.group(1)), groups));
            }
        }
        return options;
    }

    /** The commands in code blocks of all documents, with their continued lines joined. */
    static Stream<String> documentedCommands() throws IOException {
        List<String> commands = new ArrayList<>();
        try (Stream<Path> files = Files.walk(Path.of("../docs"))) {
            for (Path file : files.filter(path -> path.toString().endsWith(".md"))
                    .sorted()
                    .toList()) {
                Matcher blocks = Pattern.compile("(?s)```\\w*\n(.*?)```").matcher(Files.readString(file));
                while (blocks.find()) {
                    blocks.group(1)
                            .replaceAll("\\\\\n\\s*", "")
                            .lines()
                            .filter(line -> line.startsWith("nanogpt ") || line.startsWith("java -jar nanogpt.jar "))
                            .forEach(line -> commands.add(file.getFileName() + ": " + line.replaceAll("\\s+#.*", "")));
                }
            }
        }
        return commands.stream();
    }

    @ParameterizedTest
    @MethodSource("documentedCommands")
    void everyDocumentedCommandCanBeParsed(String command) {
        String text = command.replaceFirst("^\\S+: (nanogpt|java -jar nanogpt.jar) ", "");
        Main.commandLine().parseArgs(arguments(text).toArray(String[]::new));
    }

    private static List<String> arguments(String command) {
        List<String> arguments = new ArrayList<>();
        Matcher words = ARGUMENT.matcher(command);
        while (words.find()) {
            arguments.add(words.group(1) != null ? words.group(1) : words.group(2));
        }
        return arguments;
    }
}
