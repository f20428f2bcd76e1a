package io.nanogpt.examples.cli;

import static io.nanogpt.examples.cli.Outcome.badInput;
import static io.nanogpt.examples.cli.Outcome.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.experiment.Run;
import io.nanogpt.experiment.RunLog;
import io.nanogpt.train.TrainingReport.EvaluationPoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("any-jdk")
class RunsCommandsTest {
    @TempDir
    private Path folder;

    private RunLog log;

    @BeforeEach
    void addRuns() {
        log = RunLog.open(folder);
        log.add(finished("slow-1", "0.0001", 1, 2.5));
        log.add(finished("fast-1", "0.001", 1, 1.25));
        log.add(finished("fast-2", "0.001", 2, 1.75));
    }

    @Test
    void runsAreListed() throws IOException {
        Outcome table = run("runs", "list", "--runs", folder.toString());
        assertThat(table.code()).as(table.err()).isZero();
        assertThat(table.out().lines()).hasSize(5);
        assertThat(table.out()).contains("| fast-2 |", "learning-rate").doesNotContain("separator");
        Outcome csv = run("runs", "list", "--seeds", "--csv", "--runs", folder.toString());
        assertThat(csv.out().lines()).hasSize(3).anyMatch(line -> line.startsWith("sweep,0.001,2,2,1.0,1.5,"));
        Outcome json = run("runs", "list", "--json", "--runs", folder.toString());
        assertThat(json.keys()).containsExactly("rows");
    }

    @Test
    void trainAddsItsRun() throws IOException {
        String text = Files.writeString(folder.resolve("text.txt"), "the cat sat on the mat. ".repeat(60))
                .toString();
        String runs = folder.resolve("trained").toString();
        String options = "--layers 1 --heads 2 --embedding-size 8 --context-length 8 --batch-size 2 --eval-batches 1"
                + " --learning-rate 1e-02 --no-fused --keep-best --case lower --seed 5 --threads 1 --steps";
        List<String> train = new ArrayList<>(List.of("train", "--data", text, "--runs", runs));
        train.addAll(List.of("--out", folder.resolve("model").toString()));
        train.addAll(List.of(options.split(" ", -1)));
        train.add("3");
        Outcome outcome = run(train.toArray(String[]::new));
        assertThat(outcome.code()).as(outcome.err()).isZero();
        Run run = RunLog.open(Path.of(runs)).list().get(0);
        assertThat(run.label()).isEqualTo("model");
        assertThat(run.seed()).isEqualTo(5);
        assertThat(run.state()).isEqualTo(Run.State.FINISHED);
        assertThat(run.settings())
                .containsEntry("data", text)
                .containsEntry("case", "lower")
                .containsEntry("learning-rate", "0.01")
                .containsEntry("fused", "false")
                .containsEntry("keep-best", "true")
                .containsEntry("positions", "learned")
                .doesNotContainKeys("out", "runs", "threads", "seed");
    }

    @Test
    void aRunIsShown() throws IOException {
        Outcome text = run("runs", "show", "--runs", folder.toString(), "slow");
        assertThat(text.code()).as(text.err()).isZero();
        assertThat(text.out())
                .contains("slow-1: sweep", "separator \\n<ENDC>\\n", "step 100, 2.5 s: train loss 2.0000")
                .contains("step 100: the\\tcat");
        Outcome json = run("runs", "show", "--runs", folder.toString(), "slow-1", "--json");
        assertThat(json.keys())
                .containsExactly(
                        "id",
                        "label",
                        "startedAt",
                        "state",
                        "version",
                        "seed",
                        "settings",
                        "parameters",
                        "trainTokens",
                        "tokensPerStep",
                        "seconds",
                        "tokensPerSecond",
                        "evaluations",
                        "samples");
    }

    @Test
    void runsAreComparedDeletedAndCleared() {
        Outcome compared = run("runs", "compare", "--runs", folder.toString(), "fast-2", "slow");
        assertThat(compared.out().lines()).hasSize(4);
        assertThat(compared.out().lines().skip(2).findFirst().orElseThrow()).startsWith("| fast-2 | sweep | 0.001 ");
        Outcome deleted = run("runs", "delete", "--runs", folder.toString(), "fast-1", "slow-1", "--json");
        assertThat(deleted.lastLine()).isEqualTo("{\"deleted\":[\"fast-1\",\"slow-1\"]}");
        assertThat(log.list()).extracting(Run::id).containsExactly("fast-2");
        assertThat(run("runs", "clear", "--runs", folder.toString()).out()).startsWith("deleted 1 run");
        assertThat(log.list()).isEmpty();
    }

    @Test
    void runsAreDrawn() throws IOException {
        Path png = folder.resolve("charts/curves.png");
        Outcome plot = run("runs", "plot", "--runs", folder.toString(), "--out", png.toString(), "--json");
        assertThat(plot.code()).as(plot.err()).isZero();
        assertThat(plot.keys()).containsExactly("file", "runs");
        assertThat(ImageIO.read(png.toFile()).getWidth()).isEqualTo(2 * 760);
        Path svg = folder.resolve("bars.svg");
        Outcome bars = run(
                "runs",
                "plot",
                "--runs",
                folder.toString(),
                "--kind",
                "finals",
                "--group-by",
                "learning-rate",
                "--title",
                "Bars",
                "--width",
                "380",
                "--out",
                svg.toString());
        assertThat(bars.out()).startsWith("drew 3 runs to ");
        assertThat(svg).content().contains("width=\"380\"", "Bars", "learning-rate 0.001", "1.500 ± 0.354");
        badInput("--out must end with .png or .svg", "runs", "plot", "--runs", folder.toString(), "--out", "chart.jpg");
        badInput(
                "no run has the setting lr; there are label, learning-rate, seed, separator",
                "runs",
                "plot",
                "--runs",
                folder.toString(),
                "--group-by",
                "lr",
                "--out",
                svg.toString());
    }

    @Test
    void aReportIsWritten() throws IOException {
        Path html = folder.resolve("report.html");
        Outcome report = run(
                "runs",
                "report",
                "--runs",
                folder.toString(),
                "--title",
                "A sweep",
                "--out",
                html.toString(),
                "--json");
        assertThat(report.code()).as(report.err()).isZero();
        assertThat(report.keys()).containsExactly("file", "runs");
        assertThat(html).content().contains("<h1>A sweep</h1>", "<svg", "1.5000 ± 0.3536");
    }

    @Test
    void whatIsNotThereIsSaid() {
        badInput(
                "there is no folder",
                "runs",
                "list",
                "--runs",
                folder.resolve("none").toString());
        badInput("2 runs", "runs", "show", "--runs", folder.toString(), "fast");
        badInput("no run in", "runs", "delete", "--runs", folder.toString(), "x");
        log.clear();
        badInput("has no runs", "runs", "list", "--runs", folder.toString());
    }

    private static Run finished(String id, String learningRate, long seed, double loss) {
        return new Run(
                id,
                "sweep",
                Instant.parse("2026-11-21T19:30:00Z"),
                Map.of("separator", "\n<ENDC>\n", "learning-rate", learningRate),
                seed,
                Run.State.FINISHED,
                List.of(new EvaluationPoint(0, 4.5, 4.5, 0.5), new EvaluationPoint(100, loss - 0.5, loss, 2.5)),
                List.of(new Run.Sample(100, "the", "\tcat")),
                new Run.Measures(1000, 900, 32, 2.75, 4096),
                "0.1.0",
                Optional.empty());
    }
}
