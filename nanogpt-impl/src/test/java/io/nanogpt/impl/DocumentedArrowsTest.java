package io.nanogpt.impl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The imports that the documentation allows between packages are those of {@link ArchitectureTest}. */
@Tag("any-jdk")
class DocumentedArrowsTest {
    /** The package that puts the others together and may import every one. */
    private static final String ROOT_PACKAGE = "runtime";

    /** {@code data -> files, random} in the block of CONTRIBUTING.md. */
    private static final Pattern ARROW = Pattern.compile("(?m)^(\\w+) +-> ([\\w ,]+)$");

    /** {@code | `data` | corpus readers | `files`, `random` |} in the table of docs/architecture.md. */
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `(\\w+)` \\|[^|]*\\|([^|]*)\\|$");

    @Test
    void contributingHasTheArrows() throws IOException {
        Map<String, List<String>> documented = new TreeMap<>();
        ARROW.matcher(section("CONTRIBUTING.md", "## Arrows")).results().forEach(arrow -> put(documented, arrow));
        assertThat(documented.remove(ROOT_PACKAGE)).containsExactly("every other");
        Map<String, List<String>> expected = new TreeMap<>(ArchitectureTest.ARROWS);
        expected.values().removeIf(List::isEmpty);
        assertThat(documented).isEqualTo(expected);
    }

    @Test
    void theTableOfPackagesHasTheArrows() throws IOException {
        Map<String, List<String>> documented = new TreeMap<>();
        ROW.matcher(section("docs/architecture.md", "## Packages")).results().forEach(row -> put(documented, row));
        assertThat(documented.remove(ROOT_PACKAGE)).containsExactly("every other");
        assertThat(documented).isEqualTo(new TreeMap<>(ArchitectureTest.ARROWS));
    }

    private static void put(Map<String, List<String>> arrows, MatchResult line) {
        List<String> imports = Stream.of(line.group(2).replace("`", "").split(","))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .toList();
        assertThat(arrows.put(line.group(1), imports))
                .as("a second line for %s", line.group(1))
                .isNull();
    }

    /** The part of a file from a heading to the next of its level. */
    private static String section(String file, String heading) throws IOException {
        String text = Files.readString(Path.of("..", file));
        int start = text.indexOf(heading + "\n");
        assertThat(start).as("%s has the heading %s", file, heading).isNotNegative();
        int end = text.indexOf("\n## ", start);
        return text.substring(start, end < 0 ? text.length() : end);
    }
}
