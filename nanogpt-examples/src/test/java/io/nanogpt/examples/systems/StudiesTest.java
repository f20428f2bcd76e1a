package io.nanogpt.examples.systems;

import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.experiment.RunLog;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
        String out = run(new Homework3(), "--steps", "10");
        assertThat(out)
                .contains("step      10: train loss")
                .contains("epoch 1: next '")
                .containsPattern("\nBefore we proceed any further,.");
        assertThat(folder.resolve("model/model.safetensors")).exists();
    }

    @Test
    void cs336() {
        String out = run(new Cs336(), "--steps", "8");
        assertThat(out)
                .contains("tokens written in")
                .contains("p = 0.9: Once upon a time")
                .contains("2,127,057,600 parameters, 8.51 GB; forward 4,513 GFLOP")
                .contains("80 GB hold 5 sequences");
        assertThat(folder.resolve("tokens.npy.json")).exists();
        assertThat(folder.resolve("checkpoints/step-00000008")).exists();
        assertThat(folder.resolve("ablations.svg")).isNotEmptyFile();
        assertThat(folder.resolve("learning-rates.html")).content().contains("transformer-lm");
    }

    @Test
    void picoLlm() {
        String out = run(new PicoLlm(), "--steps", "3");
        assertThat(out).contains("lstm  ", "k-gram-onehot  ", "llama3-lite  ", "p = 0.95: Once upon a time");
        assertThat(folder.resolve("overfitting.svg")).isNotEmptyFile();
    }

    @Test
    void captions() {
        String out = run(new CaptionsStudy(), "--steps", "4");
        assertThat(out).contains("learning-rate", "temperature 0.7, top-k 10");
        assertThat(folder.resolve("captions.txt")).isNotEmptyFile();
        for (String setting : List.of("separator", "case", "learning-rate", "batch-size", "eval-every", "steps")) {
            assertThat(folder.resolve(setting + "-curves.svg")).isNotEmptyFile();
        }
        // The baseline, two separators, two cases, three rates, three batch sizes, two intervals, one length.
        assertThat(RunLog.open(folder.resolve("runs")).list()).hasSize(14);
    }

    @Test
    void shakespeare() {
        String out = run(new ShakespeareStudy(), "--steps", "2");
        assertThat(out).contains("1 head", "twice the context");
        assertThat(RunLog.open(folder.resolve("runs")).list()).hasSize(11);
        assertThat(folder.resolve("attention.png")).isNotEmptyFile();
    }

    @Test
    void shakespeareOfPyTorch() throws IOException {
        Path weights = Path.of("../nanogpt-impl/src/test/resources/fixtures/algopath/weights.pth");
        Path text = Files.writeString(folder.resolve("text.txt"), "\nabcdefghijklmnopqrstuvwxyz ,".repeat(40));
        String out =
                run(new ShakespeareStudy(), "--data", text.toString(), "--weights", weights.toString(), "--layer", "1");
        assertThat(out).contains("validation loss", "from token 0: \n", "layer 1, each head");
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
