package io.nanogpt.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every block of Java in README, CONTRIBUTING, docs and the javadoc of nanogpt-api compiles, or has its reason here. */
@Tag("any-jdk")
class SnippetCompilationTest {
    /** The beginnings of blocks that cannot be compiled alone, and why. */
    private static final Map<String, String> REASONS = Map.of(
            "new NameTable(",
            "rows of a table inside NameTables, with its private methods",
            "module com.example.captions {",
            "a module descriptor, which an application in nanogpt-impl/src/it compiles");

    /**
     * Pages whose code is that of the package com.example, which {@link ExtendingPagesTest} compares, or of
     * nanogpt-integrations, where DocumentationTest does.
     */
    private static final Set<String> PAGES_OF_SOURCES = Set.of(
            "adding-a-backend.md",
            "adding-an-architecture.md",
            "adding-an-operation.md",
            "integrations.md",
            "spark.md");

    @TempDir
    private Path classes;

    @TestFactory
    Stream<DynamicTest> documentsCompile() {
        return tests(Documentation.markdown().stream()
                .filter(file -> !PAGES_OF_SOURCES.contains(String.valueOf(file.getFileName())))
                .flatMap(file -> Documentation.fenced(file, "java").stream()));
    }

    @TestFactory
    Stream<DynamicTest> javadocCompiles() {
        return tests(javadoc());
    }

    private Stream<DynamicTest> tests(Stream<Snippet> snippets) {
        return snippets.map(snippet -> DynamicTest.dynamicTest(snippet.place(), () -> {
            List<String> errors = SnippetCompiler.compile(snippet, classes);
            Optional<String> reason = reason(snippet);
            if (reason.isEmpty()) {
                assertThat(errors).isEmpty();
            } else {
                assertThat(errors)
                        .as("%s compiles, so its reason not to (%s) can go", snippet.place(), reason.get())
                        .isNotEmpty();
            }
        }));
    }

    @Test
    void everyReasonIsOfABlock() {
        List<String> blocks = Documentation.markdown().stream()
                .flatMap(file -> Documentation.fenced(file, "java").stream())
                .map(Snippet::code)
                .toList();
        assertThat(REASONS.keySet())
                .allSatisfy(beginning -> assertThat(blocks)
                        .filteredOn(code -> code.startsWith(beginning))
                        .hasSize(1));
    }

    @Test
    void theBlocksAreFound() {
        assertThat(Documentation.fenced(Path.of("README.md"), "java")).isNotEmpty();
        assertThat(javadoc()).hasSizeGreaterThan(15);
    }

    @Test
    void whatDoesNotCompileIsNamedWithItsPlace() {
        Snippet wrong = new Snippet(Path.of("docs/x.md"), 7, "java", "", "Corpus corpus = model.noSuchMethod();");
        assertThat(SnippetCompiler.compile(wrong, classes))
                .singleElement()
                .asString()
                .startsWith("docs/x.md:7: ")
                .contains("noSuchMethod")
                .endsWith("[Corpus corpus = model.noSuchMethod();]");
    }

    private static Stream<Snippet> javadoc() {
        return Documentation.sources("nanogpt-api/src/main/java").stream()
                .flatMap(file -> Documentation.javadoc(file).stream());
    }

    private static Optional<String> reason(Snippet snippet) {
        return REASONS.entrySet().stream()
                .filter(entry -> snippet.code().startsWith(entry.getKey()))
                .map(Map.Entry::getValue)
                .findFirst();
    }
}
