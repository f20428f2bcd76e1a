package io.nanogpt.examples.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Suggestions, option names in messages, enum names, and the filter of standard error. */
class ConsoleTest {
    private static final List<String> VERBS = List.of("train", "generate", "grid", "runs", "evaluate");

    @ParameterizedTest
    @CsvSource({"trian, train", "tain, train", "genrate, generate", "evalaute, evaluate", "run, runs"})
    void theNearestNameIsSuggested(String given, String expected) {
        assertThat(Suggestions.nearest(given, VERBS)).contains(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"dance", "x", "export"})
    void nothingIsSuggestedForAnotherWord(String given) {
        assertThat(Suggestions.nearest(given, VERBS)).isEmpty();
    }

    @Test
    void distancesCountSwapsOnce() {
        assertThat(Suggestions.distance("trian", "train")).isEqualTo(1);
        assertThat(Suggestions.distance("", "abc")).isEqualTo(3);
        assertThat(Suggestions.distance("kitten", "sitting")).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "embeddingSize 8 is not divisible by heads 3; choose heads among the divisors of the embedding size"
                        + " | --embedding-size 8 is not divisible by --heads 3; choose heads among the divisors of the"
                        + " embedding size",
                "steps must be at least 1, but is 0 | --steps must be at least 1, but is 0",
                "evaluateEvery must be at least 1 | --eval-every must be at least 1",
                "use more text or a smaller embeddingSize | use more text or a smaller --embedding-size",
                // English, a name of another verb, a method, a file and a text in quotes.
                "it has 4 attention heads, not 2 | it has 4 attention heads, not 2",
                "topK must be at least 1 | topK must be at least 1",
                "set it with embeddingSize(...) | set it with embeddingSize(...)",
                "a/heads 3 and heads.txt | a/heads 3 and heads.txt",
                "a.csv, line 2, column 1: a quote is open | a.csv, line 2, column 1: a quote is open",
                "train with UnknownCharacters.SKIP or REPLACE | train with --unknown skip or replace",
                "the floor is a share of the learning rate | --floor is a share of the learning rate",
                "orders of n-grams must ascend | orders of n-grams must ascend",
                "add the dependency a:b (or a:c), version 1.28.0 | add the dependency a:b (or a:c), version 1.28.0"
            })
    void messagesNameOptions(String message, String expected) {
        CommandSpec command = CommandSpec.create().mixinStandardHelpOptions(true);
        for (String name : List.of("--embedding-size", "--heads", "--steps", "--eval-every", "--column", "--floor")) {
            command.addOption(OptionSpec.builder(name).type(int.class).build());
        }
        assertThat(OptionNames.in(message, command)).isEqualTo(expected);
    }

    enum Flavour {
        PLAIN,
        ONE_CYCLE
    }

    static final class Command implements Runnable {
        @CommandLine.Option(names = "--flavour", description = "one of ${COMPLETION-CANDIDATES}")
        private Flavour flavour = Flavour.PLAIN;

        @CommandLine.Option(names = "--fused", negatable = true)
        private boolean fused;

        @Override
        public void run() {
            throw new IllegalStateException("not run");
        }
    }

    @Test
    void enumConstantsAreNamesInLowerCase() {
        Command command = new Command();
        CommandLine line = CommandLines.of(command);
        line.parseArgs("--flavour", "one-cycle", "--no-fused");
        assertThat(command.flavour).isEqualTo(Flavour.ONE_CYCLE);
        line.parseArgs("--flavour", "One_Cycle", "--fused");
        assertThat(command.flavour).isEqualTo(Flavour.ONE_CYCLE);
        assertThat(command.fused).isTrue();
        assertThat(line.getUsageMessage()).containsOnlyOnce("plain, one-cycle");
        assertThat(line.getCommandSpec().findOption("--flavour").completionCandidates())
                .containsExactly("plain", "one-cycle");
    }

    @Test
    void theVersionIsPrinted() {
        assertThat(CommandLines.of(new Command()).getCommandSpec().version()[0])
                .isEqualTo("nanogpt " + System.getProperty("nanogpt.test.version"));
    }

    static Stream<Arguments> standardError() {
        return Stream.of(
                Arguments.of("W\n", ""),
                Arguments.of("Picked up X\nW\nWARN\n", "Picked up X\nWARN\n"),
                Arguments.of("W\r\nrest", "rest"),
                Arguments.of("W, java.x\nrest", "W, java.x\nrest"),
                Arguments.of("aW\n", "aW\n"),
                Arguments.of("W\nW\n", "W\n"),
                Arguments.of("WARNING: Using", "WARNING: Using"),
                Arguments.of("WARNING: other\nW\n\u00fc", "WARNING: other\n\u00fc"));
    }

    @ParameterizedTest
    @MethodSource("standardError")
    void onlyTheWarningOfTheModuleIsDropped(String written, String expected) throws IOException {
        String text = expand(written);
        for (int size : new int[] {1, 7, 8192}) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            IncubatorWarningFilter.copy(inPieces(text.getBytes(StandardCharsets.UTF_8), size), out);
            assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(expand(expected));
        }
    }

    /** A lone W stands for the warning. */
    private static String expand(String text) {
        return text.replaceAll("W(?!ARN)", IncubatorWarningFilter.WARNING);
    }

    private static InputStream inPieces(byte[] bytes, int size) {
        return new ByteArrayInputStream(bytes) {
            @Override
            public synchronized int read(byte[] into, int offset, int length) {
                return super.read(into, offset, Math.min(size, length));
            }
        };
    }
}
