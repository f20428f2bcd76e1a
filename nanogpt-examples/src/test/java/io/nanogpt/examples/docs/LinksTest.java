package io.nanogpt.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** Every link from one file of the repository to another leads to a file, and to a heading of it. */
@Tag("any-jdk")
class LinksTest {
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");

    @TestFactory
    Stream<DynamicTest> linksLeadSomewhere() {
        return Documentation.markdown().stream()
                .map(file -> DynamicTest.dynamicTest(file.toString(), () -> {
                    List<String> links = LINK.matcher(Documentation.read(file))
                            .results()
                            .map(link -> link.group(1))
                            .filter(link -> !link.contains("://"))
                            .toList();
                    assertThat(links).allSatisfy(link -> assertLeadsSomewhere(file, link));
                }));
    }

    private static void assertLeadsSomewhere(Path file, String link) {
        String[] parts = link.split("#", 2);
        Path target = parts[0].isEmpty()
                ? Documentation.ROOT.resolve(file)
                : Documentation.ROOT.resolve(file).resolveSibling(parts[0]).normalize();
        assertThat(target).as(link).exists();
        if (parts.length == 2 && Files.isRegularFile(target)) {
            assertThat(anchors(Documentation.ROOT.relativize(target))).as(link).contains(parts[1]);
        }
    }

    /** The names that GitHub gives to headings. */
    private static List<String> anchors(Path file) {
        return HEADING.matcher(Documentation.read(file))
                .results()
                .map(heading -> heading.group(1).toLowerCase(Locale.ROOT))
                .map(heading -> heading.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
                .toList();
    }
}
