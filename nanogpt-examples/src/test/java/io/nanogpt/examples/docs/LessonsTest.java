package io.nanogpt.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A lesson can be followed with a clone and its page alone: what its commands read is there, or written before. */
@Tag("any-jdk")
class LessonsTest {
    private static final Pattern READ = Pattern.compile("--(?:data|model|tokenizer|sequences|from|runs) (\\S+)");
    private static final Pattern WRITTEN = Pattern.compile("(?:--(?:out|runs)|>) (\\S+)");

    static Stream<Path> lessons() {
        return Documentation.markdown().stream().filter(file -> file.startsWith("docs/systems"));
    }

    @ParameterizedTest
    @MethodSource("lessons")
    void everyCommandReadsWhatIsThere(Path page) {
        Set<String> written = new HashSet<>();
        for (String command : commands(page)) {
            if (command.startsWith("nanogpt train ") || !command.startsWith("nanogpt runs ")) {
                addTo(written, WRITTEN.matcher(command));
            }
            Matcher read = READ.matcher(command);
            while (read.find()) {
                String file = read.group(1);
                assertThat(written.contains(file) || Files.exists(Documentation.ROOT.resolve(file)))
                        .as(page + ": no command before writes " + file + ", which is read by " + command)
                        .isTrue();
            }
        }
    }

    private static void addTo(Set<String> written, Matcher files) {
        while (files.find()) {
            written.add(files.group(1));
        }
    }

    /** The commands of the blocks of a page, with continued lines joined. */
    private static List<String> commands(Path page) {
        List<String> commands = new ArrayList<>();
        for (Snippet block : Documentation.fenced(page, "")) {
            block.code()
                    .replaceAll("\\\\\n\\s*", "")
                    .lines()
                    .filter(line -> line.matches("(nanogpt|java|head|docs/\\S+) .*"))
                    .forEach(commands::add);
        }
        return commands;
    }

    @ParameterizedTest
    @MethodSource("lessons")
    void whoFollowsALessonGetsTheCommandFirst(Path page) {
        String text = Documentation.read(page);
        int first = text.indexOf("\nnanogpt ");
        assertThat(first).as(page + " has commands").isPositive();
        assertThat(text.substring(0, first))
                .contains("mvn -B -q -Dmaven.test.skip -Dinvoker.skip -pl nanogpt-examples -am package")
                .contains("alias nanogpt=\"java -jar $PWD/nanogpt-examples/target/nanogpt.jar\"")
                .contains("(../command-line.md#getting-it)");
    }
}
