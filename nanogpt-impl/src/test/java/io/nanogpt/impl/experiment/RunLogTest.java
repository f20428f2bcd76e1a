package io.nanogpt.impl.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.NanogptException;
import io.nanogpt.experiment.Run;
import io.nanogpt.experiment.RunLog;
import io.nanogpt.train.Baselines;
import io.nanogpt.train.TrainingListener;
import io.nanogpt.train.TrainingReport.EvaluationPoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunLogTest {
    private static final Instant START = Runs.START;

    @TempDir
    private Path folder;

    private RunLog log() {
        return RunLog.open(folder.resolve("log"));
    }

    @Test
    void aRunComesBackAsItWas() {
        Run run = run("a-1", START);
        log().add(run);
        assertThat(log().get("a-1")).contains(run);
        assertThat(log().list()).containsExactly(run);
        assertThat(log().list().get(0).settings().keySet()).containsExactly("steps", "learning-rate", "batch-size");
        assertThat(run.finalTrainLoss()).hasValue(1.5);
        assertThat(run.finalValidationLoss()).hasValue(1.75);
        assertThat(run.bestValidationLoss()).hasValue(1.7);
        assertThat(run.tokens()).isEqualTo(200L * 768);
        assertThat(run.failed()).isFalse();
    }

    @Test
    void aRunThatFailedKeepsItsError() {
        Run failed = new Run(
                "b",
                "two\nlines, \"quotes\" and \u00fcml\u00e4ute",
                START,
                Map.of(),
                Long.MIN_VALUE,
                Run.State.FAILED,
                List.of(new EvaluationPoint(0, Double.NaN, Double.NaN, 0)),
                List.of(),
                Run.Measures.none(),
                "1.0",
                Optional.of("the loss of step 3 is NaN"));
        log().add(failed);
        assertThat(log().get("b")).contains(failed);
        assertThat(failed.failed()).isTrue();
        assertThatThrownBy(() -> new Run(
                        "b",
                        "",
                        START,
                        Map.of(),
                        0,
                        Run.State.FINISHED,
                        List.of(),
                        List.of(),
                        Run.Measures.none(),
                        "",
                        Optional.of("error")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("if and only if it failed");
    }

    @Test
    void runsAreListedByTheirStart() {
        log().add(run("late", START.plusSeconds(2)));
        log().add(run("b", START));
        log().add(run("a", START));
        log().add(run("early", START.minusNanos(1)));
        assertThat(log().list()).extracting(Run::id).containsExactly("early", "a", "b", "late");
    }

    @Test
    void aClockThatIsSetBackChangesOnlyTheOrderOfRuns() {
        Clock[] clock = {Clock.fixed(START, ZoneOffset.UTC)};
        FolderRunLog log = new FolderRunLog(folder.resolve("log"), "1.0", new Clock() {
            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return clock[0].instant();
            }
        });
        TrainingListener first = log.recorder("first", Map.of());
        clock[0] = Clock.fixed(START.minusSeconds(3600), ZoneOffset.UTC);
        first.onEvaluation(new EvaluationPoint(5, 2, 2, 7.5));
        for (String label : List.of("second", "third")) {
            log.recorder(label, Map.of()).onEvaluation(new EvaluationPoint(5, 2, 2, 0.5));
        }
        List<Run> runs = log.list();
        assertThat(runs)
                .extracting(Run::label)
                .containsExactlyInAnyOrder("first", "second", "third")
                .endsWith("first");
        assertThat(runs).extracting(Run::id).doesNotHaveDuplicates();
        assertThat(runs.get(2).startedAt()).isEqualTo(START);
        assertThat(runs.get(2).measures().seconds()).isEqualTo(7.5);
        assertThat(runs.get(0).startedAt()).isEqualTo(START.minusSeconds(3600));
    }

    @Test
    void runsAreReplacedDeletedAndCleared() throws IOException {
        assertThat(log().list()).isEmpty();
        assertThat(log().clear()).isZero();
        log().add(run("a", START));
        log().add(run("a", START.plusSeconds(1)));
        log().add(run("b", START));
        assertThat(log().list()).extracting(Run::startedAt).containsExactly(START, START.plusSeconds(1));
        assertThat(log().delete("a")).isTrue();
        assertThat(log().delete("a")).isFalse();
        assertThat(log().get("a")).isEmpty();
        Path note = Files.writeString(folder.resolve("log/notes.txt"), "of somebody else");
        Files.createDirectory(folder.resolve("log/folder.json"));
        assertThat(log().clear()).isOne();
        assertThat(log().list()).isEmpty();
        assertThat(note).exists();
    }

    @Test
    void idsAreNotPaths() {
        for (String id : new String[] {"", ".hidden", "../b", "a/b", "a\\b", "x".repeat(101), "a b"}) {
            assertThatThrownBy(() -> log().get(id))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("the id of a run");
        }
    }

    @Test
    void malformedRunsAreNamedWithTheLocation() throws IOException {
        log().add(run("a", START));
        Path file = folder.resolve("log/a.json");
        String good = Files.readString(file);
        broken(file, good.replace("\"finished\"", "\"done\""), "state: expected \"unfinished\"");
        broken(file, good.replace(START.toString(), "yesterday"), "startedAt: expected a time");
        broken(file, good.replace("\"step\" : 100", "\"step\" : -1"), "evaluations[1].step: expected a whole number");
        broken(file, good.replace("\"state\" : \"finished\"", "\"state\" : \"failed\""), "must have an \"error\" if");
        broken(file, good.substring(0, 40), "a.json, line");
        broken(file, "[]", "expected an object");
    }

    private void broken(Path file, String text, String message) throws IOException {
        Files.writeString(file, text);
        assertThatThrownBy(() -> log().list())
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("a.json")
                .hasMessageContaining(message);
    }

    /** As a running sweep and a reader of its log do. */
    @Test
    void manyThreadsWriteAndReadAtOnce() {
        List<String> ids = IntStream.range(0, 40).mapToObj(i -> "run-" + i % 20).toList();
        ids.parallelStream().forEach(id -> {
            log().add(run(id, START));
            assertThat(log().list()).isNotEmpty();
        });
        assertThat(log().list()).hasSize(20);
        assertThat(folder.resolve("log").toFile().list()).hasSize(20);
    }

    private static Run run(String id, Instant start) {
        return new Run(
                id,
                "baseline",
                start,
                Runs.settings("steps", "200", "learning-rate", "0.001", "batch-size", "12"),
                1337,
                Run.State.FINISHED,
                List.of(
                        new EvaluationPoint(0, 4.7, 4.8, 0.1),
                        new EvaluationPoint(100, 1.6, 1.7, 1.25),
                        new EvaluationPoint(200, 1.5, 1.75, 2.5)),
                List.of(new Run.Sample(100, "H&E", " stained\n<ENDC>")),
                Runs.MEASURES,
                "0.1.0",
                Optional.empty(),
                Optional.of(new Baselines(4.7, List.of(3.25, 1 / 7.0), "only two")),
                List.of(
                        new Run.StepPoint(100, 1.25, 1.75, 0.5, 0.5, 4096),
                        new Run.StepPoint(200, 2.5, 1.5, 0, 0.25, 0)));
    }
}
