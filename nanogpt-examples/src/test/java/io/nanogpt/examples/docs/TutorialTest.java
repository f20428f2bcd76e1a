package io.nanogpt.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.LanguageModel;
import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The training program and the controller of docs/tutorial.md, one after the other. */
@Tag("any-jdk")
class TutorialTest {
    private static final Path TUTORIAL = Path.of("docs", "tutorial.md");
    private static final String PACKAGE = "com.example.captions.";

    @TempDir
    private Path folder;

    @TempDir
    private Path classes;

    @Test
    void aModelIsTrainedSavedLoadedAndServed() throws Exception {
        List<Snippet> code = Documentation.fenced(TUTORIAL, "java");
        assertThat(code)
                .hasSize(3)
                .allSatisfy(snippet ->
                        assertThat(SnippetCompiler.compile(snippet, classes)).isEmpty());

        List<String> printed = train();
        List<String> shown = shownOutput();
        assertThat(printed).hasSameSizeAs(shown);
        for (int i = 0; i < printed.size() - 2; i++) {
            assertThat(label(printed.get(i))).isEqualTo(label(shown.get(i)));
            assertThat(loss(printed.get(i))).isCloseTo(loss(shown.get(i)), Offset.offset(0.15));
        }
        assertThat(printed.get(printed.size() - 2)).matches("test perplexity 1\\.\\d\\d over \\d+ characters");
        assertThat(printed.get(printed.size() - 1)).startsWith("Biopsy of the ");

        try (LanguageModel model = LanguageModel.load(folder.resolve("captions-gpt"));
                URLClassLoader loader =
                        new URLClassLoader(new URL[] {classes.toUri().toURL()})) {
            assertServes(loader.loadClass(PACKAGE + "CaptionController"), model);
        }
    }

    private List<String> train() throws Exception {
        return ChildProcess.run(
                folder,
                "java",
                classes + File.pathSeparator + System.getProperty("java.class.path"),
                "--add-modules",
                "jdk.incubator.vector",
                PACKAGE + "TrainCaptions");
    }

    private static void assertServes(Class<?> type, LanguageModel model) throws Exception {
        Object controller = type.getConstructor(LanguageModel.class).newInstance(model);
        var caption = type.getMethod("caption", String.class, double.class, Long.class);
        String first = caption.invoke(controller, "Biopsy of the", 0.5, 7L).toString();
        assertThat(first).startsWith("Caption[text=Biopsy of the ").endsWith("seed=7]");
        assertThat(caption.invoke(controller, "Biopsy of the", 0.5, 7L)).hasToString(first);
        assertThatThrownBy(() -> caption.invoke(controller, "", 0.5, 7L))
                .isInstanceOf(InvocationTargetException.class)
                .cause()
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("prompt is empty");
    }

    /** The block of output, which begins with the first evaluation. */
    private static List<String> shownOutput() {
        return Documentation.fenced(TUTORIAL, "").stream()
                .map(Snippet::code)
                .filter(text -> text.startsWith("step 0"))
                .findFirst()
                .orElseThrow()
                .lines()
                .toList();
    }

    private static String label(String line) {
        return line.substring(0, line.lastIndexOf(' '));
    }

    private static double loss(String line) {
        return Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
    }
}
