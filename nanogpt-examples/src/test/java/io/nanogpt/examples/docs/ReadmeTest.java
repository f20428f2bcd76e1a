package io.nanogpt.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.LanguageModel;
import io.nanogpt.generate.GenerationOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first block of code in README, pasted into jshell, prints what README shows, to the last digit. */
@Tag("any-jdk")
class ReadmeTest {
    private static final Path README = Path.of("README.md");

    @TempDir
    private Path folder;

    @Test
    void theFirstCodeRunsInJshell() throws Exception {
        Path script = Files.writeString(folder.resolve("readme.jsh"), code() + "\n/exit\n");
        List<String> printed = ChildProcess.run(
                folder,
                "jshell",
                System.getProperty("java.class.path"),
                "-R--add-modules",
                "-Rjdk.incubator.vector",
                script.toString());
        assertThat(printed).isEqualTo(shownOutput());
        try (LanguageModel model = LanguageModel.load(folder.resolve("captions-gpt"))) {
            assertThat(model.generate("Biopsy", GenerationOptions.greedy().withMaxTokens(10)))
                    .hasSize(10);
        }
    }

    @Test
    void theFirstCodeHasAtMostTenStatements() {
        assertThat(code().lines().filter(line -> line.endsWith(";"))).hasSizeLessThanOrEqualTo(10);
    }

    private static String code() {
        return Documentation.fenced(README, "java").get(0).code();
    }

    /** The block after the code. */
    private static List<String> shownOutput() {
        List<Snippet> blocks = Documentation.fenced(README);
        int code = blocks.indexOf(Documentation.fenced(README, "java").get(0));
        return blocks.get(code + 1).code().lines().toList();
    }
}
