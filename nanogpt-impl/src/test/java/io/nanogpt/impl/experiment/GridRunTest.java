package io.nanogpt.impl.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.experiment.Experiment;
import io.nanogpt.experiment.Grid;
import io.nanogpt.experiment.Run;
import io.nanogpt.experiment.RunLog;
import io.nanogpt.experiment.Trial;
import io.nanogpt.spi.BatchTooLargeException;
import io.nanogpt.train.TrainingListener;
import io.nanogpt.train.TrainingReport.EvaluationPoint;
import io.nanogpt.train.TrainingStep;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("any-jdk")
class GridRunTest {
    private static final TrainingListener NOBODY = new TrainingListener() {};

    private static final Grid SMALL =
            Experiment.grid().base("steps", 60).base("learning-rate", 1e-2).base("heads", 2);

    @TempDir
    private Path folder;

    @Test
    void runsThatFailAreLoggedAndTheOthersGoOn() {
        List<Run> told = Collections.synchronizedList(new ArrayList<>());
        List<Run> runs = sweep(KilledSweep.GRID.parallel(3).onRun(told::add), "sweep");
        assertThat(runs)
                .extracting(Run::label, Run::seed, Run::state)
                .containsExactly(
                        Tuple.tuple("learning-rate=0.01, heads=2", 1L, Run.State.FINISHED),
                        Tuple.tuple("learning-rate=0.01, heads=2", 2L, Run.State.FINISHED),
                        Tuple.tuple("learning-rate=0.01, heads=3", 1L, Run.State.FAILED),
                        Tuple.tuple("learning-rate=0.01, heads=3", 2L, Run.State.FAILED),
                        Tuple.tuple("learning-rate=0.001, heads=2", 1L, Run.State.FINISHED),
                        Tuple.tuple("learning-rate=0.001, heads=2", 2L, Run.State.FINISHED),
                        Tuple.tuple("learning-rate=0.001, heads=3", 1L, Run.State.FAILED),
                        Tuple.tuple("learning-rate=0.001, heads=3", 2L, Run.State.FAILED));
        assertThat(told).containsExactlyInAnyOrderElementsOf(runs);
        assertThat(RunLog.open(folder.resolve("sweep")).list()).containsExactlyInAnyOrderElementsOf(runs);
        assertThat(runs.get(2).error().orElseThrow()).contains("not divisible by heads 3");
        assertThat(runs.get(2).settings()).containsEntry("heads", "3").doesNotContainKey("layers");
        assertThat(runs.get(0).settings()).containsEntry("heads", "2").containsEntry("layers", "1");
        assertThat(runs.get(0).samples()).hasSize(4);
        try (LanguageModel model = LanguageModel.load(model("sweep", runs.get(0)), 1)) {
            assertThat(model.logits(1, 2)).isNotEmpty();
        }
        assertThat(folder.resolve("sweep/checkpoints")).isEmptyDirectory();

        // Nothing is run again but what is deleted.
        assertThat(sweep(KilledSweep.GRID, "sweep", trial -> {
                    throw new IllegalStateException("run again");
                }))
                .isEqualTo(runs);
        RunLog.open(folder.resolve("sweep")).delete(runs.get(1).id());
        List<Run> again = sweep(KilledSweep.GRID, "sweep");
        assertSame(again, "sweep", runs, "sweep");
        assertThat(again.get(1).startedAt()).isAfter(runs.get(1).startedAt());
    }

    @Test
    void aSweepThatIsKilledGoesOnWhereItWas() throws IOException, InterruptedException {
        assertThat(kill("0.01", 45)).containsOnly("from 1");
        // Its checkpoints were of steps 20 and 40.
        assertThat(kill("0.01", 55)).anyMatch(line -> line.equals("from 21") || line.equals("from 41"));
        kill("0.001", 30);
        // The first of the four that can be trained had finished.
        assertThat(sweepOfItsOwn("killed", 2)).hasSizeBetween(1, 3);
        sweepOfItsOwn("undisturbed", 1);
        assertSame(log("killed"), "killed", log("undisturbed"), "undisturbed");
    }

    private List<Run> log(String name) {
        return RunLog.open(folder.resolve(name)).list().stream()
                .sorted(Comparator.comparing(Run::id))
                .toList();
    }

    private Process start(String name, int parallel, String learningRate, int step) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        KilledSweep.class.getName(),
                        folder.resolve(name).toString(),
                        Integer.toString(parallel),
                        learningRate,
                        Integer.toString(step))
                .redirectError(folder.resolve("errors.txt").toFile())
                .start();
    }

    /** Sweeps to the end and returns the program's output. */
    private List<String> sweepOfItsOwn(String name, int parallel) throws IOException {
        try (BufferedReader output = start(name, parallel, "0", 0).inputReader()) {
            return output.lines().toList();
        }
    }

    /** Kills a sweep in a run of this learning rate after a step, and returns its output until then. */
    private List<String> kill(String learningRate, int step) throws IOException, InterruptedException {
        Process process = start("killed", 2, learningRate, step);
        List<String> said = new ArrayList<>();
        try (BufferedReader output = process.inputReader()) {
            String line = output.readLine();
            while (line != null && !line.equals("kill me")) {
                said.add(line);
                line = output.readLine();
            }
            assertThat(line).as(Files.readString(folder.resolve("errors.txt"))).isNotNull();
            process.destroyForcibly(); // SIGKILL where there are signals
            process.waitFor();
        }
        return said;
    }

    @Test
    void anInterruptLeavesTheLogRight() {
        Thread sweeping = Thread.currentThread();
        Set<String> started = ConcurrentHashMap.newKeySet();
        Grid grid = SMALL.seeds(1, 2, 3).parallel(2);
        List<Run> part = sweep(grid, "part", trial -> {
            started.add(trial.id());
            return KilledSweep.train(trial, new TrainingListener() {
                @Override
                public void onStep(TrainingStep step) {
                    if (step.number() == 50) {
                        sweeping.interrupt();
                        awaitInterrupt();
                    }
                }
            });
        });
        assertThat(Thread.interrupted()).isTrue();
        assertThat(part).extracting(Run::state).containsOnly(Run.State.UNFINISHED);
        assertThat(part).extracting(Run::id).containsExactlyInAnyOrderElementsOf(started);
        assertThat(part).anyMatch(run -> run.last().orElseThrow().step() == 50);

        assertSame(sweep(grid, "part"), "part", sweep(grid, "whole"), "whole");
    }

    @Test
    void aSampleThatAnInterruptCutShortIsWrittenOnResume() {
        Grid grid = SMALL.seeds(1).parallel(1);
        List<Run> part = sweep(
                grid,
                "part",
                trial -> KilledSweep.train(trial, new TrainingListener() {
                    @Override
                    public void onEvaluation(EvaluationPoint point) {
                        if (point.step() == 40) {
                            Thread.currentThread().interrupt();
                        }
                    }
                }));
        assertThat(part).extracting(Run::state).containsOnly(Run.State.UNFINISHED);
        assertThat(part.get(0).samples()).extracting(Run.Sample::step).containsExactly(0, 20);

        assertSame(sweep(grid, "part"), "part", sweep(grid, "whole"), "whole");
    }

    /** The thread of the run is interrupted by the experiment. */
    private static void awaitInterrupt() {
        while (!Thread.currentThread().isInterrupted()) {
            Thread.onSpinWait();
        }
    }

    @Test
    void anInterruptBeforeTheFirstRunStartsNone() {
        Thread.currentThread().interrupt();
        List<Run> runs = sweep(SMALL, "none");
        assertThat(Thread.interrupted()).isTrue();
        assertThat(runs).noneMatch(run -> run.state() == Run.State.FINISHED);
    }

    @Test
    void aRunThatFindsTooLittleMemoryIsTriedAgainAlone() {
        AtomicInteger running = new AtomicInteger();
        Grid grid = SMALL.seeds(1, 2, 3, 4).parallel(4);
        List<Run> runs = sweep(grid, "memory", trial -> {
            boolean alone = running.incrementAndGet() == 1;
            try {
                if (trial.seed() == 3 || (trial.seed() == 1 && !alone)) {
                    throw new BatchTooLargeException("too large for seed " + trial.seed(), 1);
                }
                return KilledSweep.train(trial, NOBODY);
            } finally {
                running.decrementAndGet();
            }
        });
        assertThat(runs)
                .extracting(Run::state)
                .containsExactly(Run.State.FINISHED, Run.State.FINISHED, Run.State.FAILED, Run.State.FINISHED);
        assertThat(runs.get(2).error()).contains("too large for seed 3");
    }

    @Test
    void errorsInARecipeAreReported() {
        Grid grid = Experiment.grid().base("steps", 5).base("heads", "two");
        assertThat(error(
                        grid,
                        trial -> GPT.builder()
                                .layers(1)
                                .embeddingSize(8)
                                .contextLength(8)
                                .steps(1)
                                .evaluationBatches(1)
                                .train(KilledSweep.CORPUS)))
                .contains("did not prepare its trainer; give it training(trial::prepare)");
        assertThat(error(
                        grid,
                        trial -> GPT.builder().layers(trial.integer("layers")).train(KilledSweep.CORPUS)))
                .isEqualTo("the grid has no setting layers; it has [steps, heads]");
        assertThat(error(grid, trial -> KilledSweep.train(trial, NOBODY)))
                .isEqualTo("the setting heads is not a whole number, but two");
        assertThat(error(grid, trial -> {
                    throw new IllegalStateException("oops");
                }))
                .isEqualTo("java.lang.IllegalStateException: oops");
    }

    private String error(Grid grid, Function<Trial, LanguageModel> recipe) {
        Run run = sweep(grid, "mistaken", recipe).get(0);
        RunLog.open(folder.resolve("mistaken")).clear();
        return run.error().orElseThrow();
    }

    @Test
    void aFolderIsOfOneExperimentAtATime() {
        Grid grid = Experiment.grid().base("steps", 5);
        List<Run> runs = sweep(grid, "busy", trial -> {
            grid.run(folder.resolve("busy"), other -> KilledSweep.train(other, NOBODY));
            throw new IllegalStateException("not reached");
        });
        assertThat(runs.get(0).error())
                .hasValueSatisfying(error -> assertThat(error).contains("another experiment"));
    }

    @Test
    void anExceptionOfTheListenerEndsTheExperiment() {
        Grid grid = Experiment.grid().base("steps", 5).seeds(1, 2).onRun(run -> {
            throw new IllegalStateException("enough");
        });
        assertThatThrownBy(() -> sweep(grid, "heard", trial -> {
                    throw new IllegalArgumentException("failed");
                }))
                .hasMessage("enough");
    }

    private List<Run> sweep(Grid grid, String name) {
        return sweep(grid, name, trial -> KilledSweep.train(trial, NOBODY));
    }

    private List<Run> sweep(Grid grid, String name, Function<Trial, LanguageModel> recipe) {
        return grid.run(folder.resolve(name), recipe);
    }

    private Path model(String name, Run run) {
        return folder.resolve(name).resolve("models").resolve(run.id());
    }

    /** Ignores times and durations. */
    private void assertSame(List<Run> actual, String actualName, List<Run> expected, String expectedName) {
        assertThat(actual)
                .extracting(Run::id)
                .isEqualTo(expected.stream().map(Run::id).toList());
        for (int i = 0; i < actual.size(); i++) {
            Run run = actual.get(i);
            Run other = expected.get(i);
            assertThat(losses(run)).isEqualTo(losses(other));
            assertThat(run.samples()).isEqualTo(other.samples());
            assertThat(run.settings()).isEqualTo(other.settings());
            assertThat(run.error()).isEqualTo(other.error());
            assertThat(run.state()).isEqualTo(other.state());
            if (run.state() == Run.State.FINISHED) {
                assertThat(model(actualName, run).resolve("model.safetensors"))
                        .hasSameBinaryContentAs(model(expectedName, other).resolve("model.safetensors"));
            }
            assertThat(Files.exists(
                            folder.resolve(actualName).resolve("checkpoints").resolve(run.id())))
                    .isFalse();
        }
    }

    private static List<List<Object>> losses(Run run) {
        return run.evaluations().stream()
                .map((EvaluationPoint point) ->
                        List.<Object>of(point.step(), point.trainLoss(), point.validationLoss()))
                .toList();
    }

    /** As programs do that share a grid. */
    @Test
    void aRunThatRunsAloneIsThatOfTheWholeGrid() throws IOException {
        Grid grid = SMALL.vary("heads", 1, 2).seeds(1, 2);
        List<Run> whole = sweep(grid, "whole");
        assertThat(grid.ids()).isEqualTo(whole.stream().map(Run::id).toList());
        for (String id : grid.ids().subList(1, 3)) {
            Run run = grid.run(folder.resolve("alone-" + id), id, trial -> KilledSweep.train(trial, NOBODY))
                    .orElseThrow();
            assertThat(run.id()).isEqualTo(id);
            assertThat(RunLog.open(folder.resolve("alone-" + id)).list()).containsExactly(run);
            assertThat(folder.resolve("alone-" + id + "/models/" + id + "/model.safetensors"))
                    .hasSameBinaryContentAs(folder.resolve("whole/models/" + id + "/model.safetensors"));
        }
        assertThatThrownBy(() ->
                        grid.run(folder.resolve("none"), "0123456789abcdef", trial -> KilledSweep.train(trial, NOBODY)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("no run 0123456789abcdef", "ids()");
    }
}
