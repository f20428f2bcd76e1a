package io.nanogpt.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The code of docs/spark.md is compiled. */
@Tag("any-jdk")
class DocumentationTest {
    @Test
    void itsCodeIsThatOfTheSources() throws IOException {
        assertThat(blocks("```java\n(.*?)```", "../../docs/spark.md"))
                .isEqualTo(blocks("// begin\n(.*?)\n *// end", "src/test/java/io/nanogpt/spark/DocumentedSpark.java"));
    }

    private static List<String> blocks(String pattern, String file) throws IOException {
        return Pattern.compile(pattern, Pattern.DOTALL)
                .matcher(Files.readString(Path.of(file)))
                .results()
                .map(block -> block.group(1).stripIndent().strip())
                .toList();
    }
}
