package io.nanogpt.examples.systems;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Runs every study on the sample captions, with few steps. */
class StudiesTest {
    @TempDir
    private Path folder;

    @Test
    void homework3() {
        String out = run(new Homework3(), "--steps", "10");
        assertThat(out)
                .contains("step      10: train loss")
                .contains("step-00000004-epoch: next '")
                .containsPattern("\nBefore we proceed any further,.");
        assertThat(folder.resolve("model/model.safetensors")).exists();
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
