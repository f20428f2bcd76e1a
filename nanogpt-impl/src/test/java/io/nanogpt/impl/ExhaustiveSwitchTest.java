package io.nanogpt.impl;

import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.graph.OpType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A switch without a default does not compile once there is an operation, an optimizer or the like that it lacks. */
class ExhaustiveSwitchTest {
    private static final Pattern SWITCH = Pattern.compile("switch \\((.*?)\\) \\{\\R");
    private static final Pattern OPERATION = Pattern.compile(Arrays.stream(OpType.values())
            .map(OpType::name)
            .collect(Collectors.joining("|", "case (?:[A-Z_]+,\\s+)*(?:", ")\\b")));
    private static final List<Path> SOURCES =
            List.of(Path.of("src/main/java"), Path.of("..", "nanogpt-api", "src", "main", "java"));

    private record Switch(Path file, String subject, String body) {}

    @Test
    void noSwitchOverAnOperationOrAKindHasADefault() throws IOException {
        List<Switch> all = new ArrayList<>();
        for (Path sources : SOURCES) {
            try (Stream<Path> files = Files.walk(sources)) {
                for (Path file :
                        files.filter(path -> path.toString().endsWith(".java")).toList()) {
                    all.addAll(switches(file, Files.readString(file)));
                }
            }
        }
        List<Switch> closed = all.stream()
                .filter(each -> each.subject.endsWith(".kind()")
                        || OPERATION.matcher(each.body).find())
                .toList();
        assertThat(closed).hasSizeGreaterThan(20);
        assertThat(closed).noneMatch(each -> each.body.contains("default"));
    }

    private static List<Switch> switches(Path file, String source) {
        List<Switch> found = new ArrayList<>();
        Matcher matcher = SWITCH.matcher(source);
        while (matcher.find()) {
            int depth = 1;
            int end = matcher.end();
            while (depth > 0) {
                char c = source.charAt(end++);
                depth += c == '{' ? 1 : c == '}' ? -1 : 0;
            }
            found.add(new Switch(file, matcher.group(1), source.substring(matcher.end(), end)));
        }
        return found;
    }
}
