package io.nanogpt.examples.systems;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.examples.cli.console.CommandLines;
import io.nanogpt.experiment.RunLog;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Runs every study on the sample captions, with few steps. */
@Tag("any-jdk")
class StudiesTest {
    @TempDir
    private Path folder;

    @Test
    void homework3() {
        String out = run(new Homework3(), "--steps", "4", "--look-at", "1");
        assertThat(out)
                .contains("| epoch | source | validation loss |", "| epoch 1 | `", "| without positions |")
                .containsPattern("\nBefore we proceed any further,.")
                .containsPattern("\nhear me speak.");
        assertThat(folder.resolve("attention-3.svg")).content().contains("epoch 1, layer 1: next");
        assertThat(folder.resolve("curve.svg")).isNotEmptyFile();
        assertThat(folder.resolve("model/model.safetensors")).exists();
    }

    @Test
    void cs336() {
        String out = run(new Cs336(), "--steps", "4");
        assertThat(out)
                .contains("tokens written in")
                .contains("p = 0.9: Once upon a time")
                .contains("| transformer-lm-xl | 2,127,057,600 | 8.51 | 4,513 |")
                .contains("| scores, each head | (1024 x 64) (64 x 1024) | 1,200 | 161.1 |")
                .contains("80 GB hold 5 sequences")
                .contains("take 23 bytes in UTF-8, 26 in UTF-16 and 52 in UTF-32")
                .contains("| SiLU at four times the width |");
        assertThat(folder.resolve("tokens.npy.json")).exists();
        assertThat(folder.resolve("checkpoints/step-00000004")).exists();
        assertThat(folder.resolve("ablations.svg")).isNotEmptyFile();
        assertThat(folder.resolve("learning-rates.html")).content().contains("transformer-lm");
    }

    @Test
    void picoLlm() {
        String out = run(new PicoLlm(), "--steps", "2");
        assertThat(out)
                .contains("| `lstm` |", "| `k-gram-onehot` |", "| `llama3-lite` |", "p = 0.95: Once upon a time")
                .contains("| embedding-size 32, layers 2, heads 4, learning-rate 0.005 |", "stretches of 50 or more");
        assertThat(folder.resolve("overfitting.svg")).isNotEmptyFile();
    }

    @Test
    void recipe() throws IOException {
        Path page = Files.writeString(folder.resolve("page.md"), "<!-- begin equal -->\n<!-- end equal -->\n");
        String out =
                run(new RecipeStudy(), "--only", "EQUAL", "--steps", "2", "--seeds", "1", "--page", page.toString());
        assertThat(out).contains("2 runs on");
        assertThat(page)
                .content()
                .containsPattern("\\| nothing \\| [0-9,]+ \\| [0-9,]+ \\| 1 \\| [0-9.]+ \\|  \\|  \\|  \\|")
                .containsPattern(
                        "\\| tables of n-grams \\| 1[0-9],[0-9,]+ \\| [0-9,]+ \\| 1 \\| [0-9.]+ \\|  \\| [+-]");
        assertThat(folder.resolve("equal.svg")).isNotEmptyFile();
        // Runs of another length do not pass for these.
        run(new RecipeStudy(), "--only", "EQUAL", "--steps", "3", "--seeds", "1");
        assertThat(RunLog.open(folder.resolve("runs")).list()).hasSize(4);
    }

    @Test
    void theFolderOfAnotherStudyIsRefused() throws IOException {
        Path text = Files.writeString(folder.resolve("text"), "another text");
        StudyFolder.claim(folder, Map.of("study", "cs336", "text", "the samples", "size", "small"));
        // Nothing is trained in it yet.
        StudyFolder.claim(folder, Map.of("study", "cs336", "text", "the samples", "size", "the course's"));
        Files.createDirectories(folder.resolve("runs"));
        Files.createFile(folder.resolve("runs/1.json"));
        assertThat(error(new ShakespeareStudy()))
                .contains("--out " + folder + " holds results of another study")
                .contains("its study is cs336, and that of this one is shakespeare; give another --out, or");
        assertThat(error(new Cs336(), "--course-size", "--data", text.toString()))
                .contains("its text is the samples, and that of this one is 12 bytes with SHA-256 ");
        assertThat(error(new Cs336())).contains("its size is the course's, and that of this one is small");
        assertThat(folder.resolve("tokenizer.json")).doesNotExist();
    }

    @Test
    void aTextThatIsMissingIsNamed() {
        for (Study study : List.of(new CaptionsStudy(), new Cs336(), new Homework3(), new PicoLlm())) {
            assertThat(error(study, "--data", "nowhere.txt"))
                    .contains("--data must be a file that exists, but nowhere.txt does not");
        }
    }

    @Test
    void aTextOfOtherCharactersIsRefusedBeforeAnythingIsTrained() {
        assertThat(error(new CaptionsStudy(), "--prompt", "H&E é")).contains("--prompt must have ", "\"H&E é\" has é");
        assertThat(error(new ShakespeareStudy(), "--text", "In 細")).contains("--text must have ", "has 細");
        assertThat(error(new Homework3(), "--text", "hear", "--text", "€5")).contains("--text must have ", "has €");
        assertThat(error(new ShakespeareStudy(), "--text", "")).contains("--text must have a character, but is empty");
        assertThat(folder.resolve("runs")).doesNotExist();
    }

    @Test
    void numbersThatMakeNoStudyAreRefusedBeforeAnythingIsTrained() {
        assertThat(error(new ShakespeareStudy(), "--steps", "-3")).contains("--steps must be at least 1, but is -3");
        assertThat(error(new Cs336(), "--threads", "0")).contains("--threads must be at least 1, but is 0");
        assertThat(folder.resolve("study.txt")).doesNotExist();
        assertThat(error(new Homework3(), "--epochs", "0")).contains("--epochs must be at least 1, but is 0");
        for (String epoch : List.of("5", "0")) {
            assertThat(error(new Homework3(), "--epochs", "2", "--look-at", "1," + epoch))
                    .contains("--look-at must be epochs from 1 to 2, which are trained, but has " + epoch);
        }
        assertThat(folder.resolve("checkpoints")).doesNotExist();
    }

    @Test
    void captions() {
        String out = run(new CaptionsStudy(), "--steps", "4");
        assertThat(out)
                .contains("temperature 0.7, top-k 10", "| learning-rate 1e-5 |", "| separator none |")
                .contains("| steps 12, learning-rate 1e-4 |", "case upper: the training text begins");
        assertThat(folder.resolve("captions.txt")).isNotEmptyFile();
        for (String setting : List.of("separator", "case", "learning-rate", "batch-size", "eval-every", "steps")) {
            assertThat(folder.resolve(setting + "-curves.svg")).isNotEmptyFile();
        }
        // The baseline, two separators, two cases, four rates, four batch sizes, one interval, two lengths: of four
        // steps
        // every other interval equals another one.
        assertThat(RunLog.open(folder.resolve("runs")).list()).hasSize(16);
    }

    @Test
    void shakespeareOfPyTorch() throws IOException {
        Path weights = Path.of("../nanogpt-impl/src/test/resources/fixtures/algopath/weights.pth");
        Path text = Files.writeString(folder.resolve("text.txt"), "\nabcdefghijklmnopqrstuvwxyz ,".repeat(40));
        String out = run(
                new ShakespeareStudy(),
                "--data",
                text.toString(),
                "--weights",
                weights.toString(),
                "--text",
                "the king");
        assertThat(out)
                .contains(
                        "training loss",
                        "validation loss",
                        "over 200 batches",
                        "from token 0: \n",
                        "layer 1, each head");
        assertThat(folder.resolve("weights-last-layer.svg")).isNotEmptyFile();
    }

    @Test
    void shakespeareOnAPageThatGetsItsTablesAndTheFiguresThatItShows() throws IOException {
        Path page = Files.writeString(
                folder.resolve("shakespeare.md"),
                "# Title\n\n<!-- begin losses -->\nold\n<!-- end losses -->\n\n![Heads](shakespeare-heads.svg)\n");
        String out = run(new ShakespeareStudy(), "--steps", "2", "--page", page.toString());
        assertThat(out)
                .contains("| 1 head |", "| twice the context |", "twice as wide, 109,758 parameters, training loss");
        assertThat(RunLog.open(folder.resolve("runs")).list()).hasSize(11);
        assertThat(folder.resolve("attention-heads.svg")).content().contains("base, head 3", "1 head, head 0");
        assertThat(folder.resolve("heads.svg")).content().contains("optimizer steps");
        assertThat(page)
                .content()
                .startsWith("# Title\n\n<!-- begin losses -->\n\n| run | parameters |")
                .contains("11 runs on ", "![Heads]")
                .doesNotContain("old\n");
        assertThat(folder.resolve("shakespeare-heads.svg")).isNotEmptyFile();
        assertThat(folder.resolve("shakespeare-finals.svg")).doesNotExist();
        Files.writeString(page, "<!-- begin grid -->\n");
        assertThatThrownBy(() -> new StudyPage(page).write("grid", "x"))
                .hasMessageContaining("has the line <!-- begin grid -->, but after it no <!-- end grid -->");
    }

    @Test
    void withoutFinishedRunsThereIsNothingToShow() {
        for (Study study :
                List.of(new CaptionsStudy(), new ShakespeareStudy(), new Homework3(), new Cs336(), new PicoLlm())) {
            assertThat(error(study, "--finished-only"))
                    .hasLineCount(1)
                    .contains("--finished-only trains nothing, but ", folder.toString(), "leave out");
        }
    }

    /** What a study that is refused says. */
    private String error(Study study, String... arguments) {
        StringWriter err = new StringWriter();
        CommandLine line = CommandLines.of(study).setErr(new PrintWriter(err, true));
        line.setOut(new PrintWriter(new StringWriter(), true));
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--out", folder.toString()));
        assertThat(line.execute(all.toArray(new String[0]))).as(err.toString()).isEqualTo(2);
        return err.toString().strip();
    }

    private String run(Study study, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line =
                new CommandLine(study).setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--threads", "1", "--out", folder.toString()));
        assertThat(line.execute(all.toArray(new String[0]))).as(err.toString()).isZero();
        return out.toString();
    }
}
