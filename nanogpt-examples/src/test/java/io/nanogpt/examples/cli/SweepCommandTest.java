package io.nanogpt.examples.cli;

import static io.nanogpt.examples.cli.Outcome.badInput;
import static io.nanogpt.examples.cli.Outcome.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.experiment.Run;
import io.nanogpt.experiment.RunLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("any-jdk")
class SweepCommandTest {
    private static final String MODEL =
            "\"layers\": 1, \"heads\": 2, \"embedding-size\": 8, \"context-length\": 8, \"eval-batches\": 1";

    @TempDir
    private Path folder;

    private String text;
    private String out;

    @BeforeEach
    void writeText() throws IOException {
        text = Files.writeString(folder.resolve("text.txt"), "the cat sat on the mat. ".repeat(60))
                .toString();
        out = folder.resolve("sweep").toString();
    }

    @Test
    void aGridPointIsACommandLineOfTrain() throws IOException {
        String grid = grid("""
                {"base": {"data": ["%s"], %s, "steps": 3, "betas": [0.8, 0.9], "keep-best": true, "eval-full": false,
                          "fused": false, "case": "lower", "separator": "", "schedule": "cosine"},
                 "vary": {"learning-rate": [1e-2, 1e-03]},
                 "variants": [{"heads": 3, "label": "odd heads"}],
                 "seeds": [1, 2]}""");
        Outcome swept = run("sweep", "--grid", grid, "--out", out, "--parallel", "2");
        assertThat(swept.code()).as(swept.err()).isZero();
        assertThat(swept.err())
                .contains("6 runs of 3 points")
                .contains("learning-rate=0.01, seed 2: finished, validation loss")
                .contains("odd heads, seed 1: failed: --embedding-size 8 is not divisible by --heads 3");
        assertThat(swept.out().lines()).hasSize(5);

        List<Run> runs = RunLog.open(Path.of(out)).list();
        assertThat(runs).hasSize(6);
        Run run = runs.stream()
                .filter(one -> one.label().equals("learning-rate=0.001") && one.seed() == 2)
                .findFirst()
                .orElseThrow();
        assertThat(run.settings())
                .containsEntry("data", text)
                .containsEntry("betas", "0.8,0.9")
                .containsEntry("keep-best", "true")
                .containsEntry("eval-full", "false")
                .containsEntry("fused", "false")
                .containsEntry("separator", "")
                .containsEntry("schedule", "cosine")
                .containsEntry("steps", "3");
        assertThat(folder.resolve("sweep/models").resolve(run.id()).resolve("model.safetensors"))
                .exists();

        // The same command runs nothing again.
        Outcome again = run("sweep", "--grid", grid, "--out", out, "--json");
        assertThat(again.keys()).containsExactly("rows");
        assertThat(again.err().lines()).hasSize(1);
        assertThat(RunLog.open(Path.of(out)).list()).isEqualTo(runs);
    }

    @Test
    void mistakesAreToldBeforeTheFirstRun() throws IOException {
        bad("\"learning-rat\" is no option of train", "{'base': {'learning-rat': 1}}");
        bad("\"seed\" cannot be set in a grid; list \"seeds\"", "{'variants': [{'seed': 1}]}");
        bad("\"out\" cannot be set in a grid", "{'base': {'out': 'x'}}");
        bad("\"keep-best\" must be true or false, but is 1", "{'base': {'keep-best': 1}}");
        bad("--steps must be a whole number, but is many", "{'vary': {'steps': ['many']}}");
        bad("base.steps: expected a string", "{'base': {'steps': {}}}");
        bad("--data PATH or --sample", "{'base': {'steps': 1}}");
        bad("two points", "{'base': {'steps': 1}, 'variants': [{'steps': 1}]}");
        assertThat(folder.resolve("sweep")).doesNotExist();
    }

    private void bad(String expected, String json) throws IOException {
        badInput(expected, "sweep", "--grid", grid(json.replace('\'', '"')), "--out", out);
    }

    private String grid(String json) throws IOException {
        String content = json.contains("%s") ? json.formatted(text, MODEL) : json;
        return Files.writeString(folder.resolve("grid.json"), content).toString();
    }

    @Test
    void aGridOfTemperaturesAndTopKs() throws IOException {
        String model = folder.resolve("model").toString();
        String options =
                "--layers 1 --heads 2 --embedding-size 8 --context-length 8 --eval-batches 1 --steps 2 --out " + model;
        assertThat(run(("train --data " + text + " " + options).split(" ", -1)).code())
                .isZero();
        String grid = "grid --model " + model
                + " --prompt the --temperatures 0.5,1 --top-ks 2,5,8 --samples 2 --max-tokens 4";
        Outcome printed = run(grid.split(" ", -1));
        assertThat(printed.code()).as(printed.err()).isZero();
        assertThat(printed.out()).contains("temperature 0.5, top-k 8:").contains("temperature 1.0, top-k 2:");
        Outcome json = run((grid + " --json").split(" ", -1));
        assertThat(json.keys()).containsExactly("prompt", "cells");
        assertThat(json.lastLine().split("\"topK\"", -1)).hasSize(7);
        badInput("in place of --top-k", (grid + " --top-k 4").split(" ", -1));
        badInput("--samples must be", grid.replace("--samples 2", "--samples 0").split(" ", -1));
    }
}
