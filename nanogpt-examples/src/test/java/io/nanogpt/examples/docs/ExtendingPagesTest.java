package com.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The code of the pages on extending the library is that of this package, which other tests run. */
class DocumentationTest {
    private static final Path DOCS = Path.of("..", "docs");
    private static final Path SOURCES = Path.of("src/test/java/com/example");
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```(\\S+)(?: (\\S+))?\\R(.*?)^```$");

    /** A fenced block: its language, the file that it is, and its text. */
    private record Block(String language, String file, String text) {}

    private static List<Block> blocks(String page) throws IOException {
        List<Block> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(Files.readString(DOCS.resolve(page)));
        while (matcher.find()) {
            blocks.add(new Block(matcher.group(1), String.valueOf(matcher.group(2)), matcher.group(3)));
        }
        return blocks;
    }

    /** The lines without indentation and empty ones, between line breaks. */
    private static String lines(String text) {
        return text.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("<version>"))
                .collect(Collectors.joining("\n", "\n", "\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"adding-a-backend.md", "adding-an-architecture.md", "adding-an-operation.md"})
    void codeIsThatOfThisPackage(String page) throws IOException {
        List<Block> blocks = blocks(page);
        assertThat(blocks).isNotEmpty();
        String sources;
        try (Stream<Path> files = Files.list(SOURCES)) {
            sources = files.filter(file -> !file.endsWith("DocumentationTest.java"))
                    .map(DocumentationTest::read)
                    .map(DocumentationTest::lines)
                    .collect(Collectors.joining());
        }
        for (Block block : blocks) {
            switch (block.language) {
                case "java" -> {
                    // Where something is left out there is a line of dots.
                    for (String part : block.text.split("(?m)^ *// \\.\\.\\.$", -1)) {
                        assertThat(sources).contains(lines(part));
                    }
                }
                case "xml" -> assertThat(lines(read(Path.of("pom.xml")))).contains(lines(block.text));
                default -> assertThat(lines(read(Path.of(block.file)))).isEqualTo(lines(block.text));
            }
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whoever reads a graph names its last operation, and the page on operations lists them. */
    @Test
    void everyPlaceThatAnOperationConcernsIsListed() throws IOException {
        TreeSet<String> places = new TreeSet<>();
        for (String module : List.of("nanogpt-api", "nanogpt-impl")) {
            try (Stream<Path> files = Files.walk(Path.of("..", module, "src", "main", "java"))) {
                files.filter(file -> file.toString().endsWith(".java"))
                        .filter(file -> Pattern.compile("case (?:\\w+,\\s+)*CROSS_ENTROPY_GRAD\\b")
                                .matcher(read(file))
                                .find())
                        .forEach(
                                file -> places.add(file.getFileName().toString().replace(".java", "")));
            }
        }
        assertThat(places).hasSizeGreaterThan(5);
        String page = Files.readString(DOCS.resolve("adding-an-operation.md"));
        assertThat(places).allSatisfy(place -> assertThat(page).containsPattern("`" + place + "[`.]"));
    }
}
