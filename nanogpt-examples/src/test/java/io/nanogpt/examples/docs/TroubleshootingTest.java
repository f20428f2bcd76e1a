package io.nanogpt.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Each message that docs/troubleshooting.md quotes is one of the sources', so that the page cannot go out of date. */
@Tag("any-jdk")
class TroubleshootingTest {
    private static final Pattern QUOTED = Pattern.compile("(?m)^### `(.+)`$");

    /** Text of the page for what differs from one occurrence of a message to the next. */
    private static final String VARIABLE = "…";

    /** What may stand between two parts of a message: the end of a literal, an expression, the next literal. */
    private static final String GAP = ".{0,400}?";

    private static final String SOURCES = Stream.of(
                    "nanogpt-api/src/main/java",
                    "nanogpt-impl/src/main/java",
                    "nanogpt-integrations/nanogpt-native/src/main/java")
            .flatMap(folder -> Documentation.sources(folder).stream())
            .map(Documentation::read)
            .map(TroubleshootingTest::joinedLiterals)
            .collect(Collectors.joining("\n"));

    @TestFactory
    Stream<DynamicTest> everyQuotedMessageIsInTheSources() {
        return quoted().stream()
                .map(message -> DynamicTest.dynamicTest(
                        message,
                        () -> assertThat(pattern(message).matcher(SOURCES).find())
                                .as("a message like: %s", message)
                                .isTrue()));
    }

    @Test
    void thePageQuotesManyMessagesEachOnce() {
        assertThat(quoted()).hasSizeGreaterThan(40).doesNotHaveDuplicates();
    }

    @Test
    void aMessageThatIsGoneIsFound() {
        assertThat(pattern("embeddingSize … is not divisible by heads …")
                        .matcher(SOURCES)
                        .find())
                .isTrue();
        assertThat(pattern("embeddingSize … is not divisible by horns …")
                        .matcher(SOURCES)
                        .find())
                .isFalse();
    }

    private static List<String> quoted() {
        return QUOTED.matcher(Documentation.read(Path.of("docs", "troubleshooting.md")))
                .results()
                .map(quote -> quote.group(1))
                .toList();
    }

    private static Pattern pattern(String message) {
        return Pattern.compile(
                Arrays.stream(message.split(VARIABLE))
                        .map(String::strip)
                        .filter(part -> !part.isEmpty())
                        .map(part -> Pattern.quote(part.replace("\"", "\\\"")))
                        .collect(Collectors.joining(GAP)),
                Pattern.DOTALL);
    }

    /** A message that is cut into literals over several lines becomes one. */
    private static String joinedLiterals(String source) {
        return source.replaceAll("\"\\s*\\+\\s*\"", "");
    }
}
