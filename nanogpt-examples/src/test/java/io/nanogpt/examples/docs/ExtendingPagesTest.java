package io.nanogpt.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The code of the pages on extending the library is that of the package com.example, which its own tests run. */
@Tag("any-jdk")
class ExtendingPagesTest {
    private static final Path DOCS = Path.of("docs");
    private static final Path MODULE = Path.of("nanogpt-examples");

    /** The lines without indentation and empty ones, between line breaks. */
    private static String lines(String text) {
        return text.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("<version>"))
                .collect(Collectors.joining("\n", "\n", "\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"adding-a-backend.md", "adding-an-architecture.md", "adding-an-operation.md"})
    void codeIsThatOfThePackage(String page) {
        List<Snippet> blocks = Documentation.fenced(DOCS.resolve(page));
        assertThat(blocks).isNotEmpty();
        String sources = Documentation.sources(MODULE + "/src/test/java/com/example").stream()
                .map(Documentation::read)
                .map(ExtendingPagesTest::lines)
                .collect(Collectors.joining());
        for (Snippet block : blocks) {
            switch (block.language()) {
                case "java" -> {
                    // Where something is left out there is a line of dots.
                    for (String part : block.code().split("(?m)^ *// \\.\\.\\.$", -1)) {
                        assertThat(sources).contains(lines(part));
                    }
                }
                case "xml" ->
                    assertThat(lines(Documentation.read(MODULE.resolve("pom.xml"))))
                            .contains(lines(block.code()));
                default ->
                    assertThat(lines(Documentation.read(MODULE.resolve(block.info()))))
                            .isEqualTo(lines(block.code()));
            }
        }
    }

    /** Whoever reads a graph names its last operation, and the page on operations lists them. */
    @Test
    void everyPlaceThatAnOperationConcernsIsListed() {
        Pattern lastOperation = Pattern.compile("case (?:\\w+,\\s+)*CROSS_ENTROPY_GRAD\\b");
        TreeSet<String> places = new TreeSet<>();
        for (String module : List.of("nanogpt-api", "nanogpt-impl")) {
            Documentation.sources(module + "/src/main/java").stream()
                    .filter(file ->
                            lastOperation.matcher(Documentation.read(file)).find())
                    .forEach(file -> places.add(file.getFileName().toString().replace(".java", "")));
        }
        assertThat(places).hasSizeGreaterThan(5);
        String page = Documentation.read(DOCS.resolve("adding-an-operation.md"));
        assertThat(places).allSatisfy(place -> assertThat(page).containsPattern("`" + place + "[`.]"));
    }
}
