package io.nanogpt.impl.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.NanogptException;
import io.nanogpt.data.Corpus;
import io.nanogpt.impl.fakes.ThreadWorkers;
import io.nanogpt.model.NgramTables;
import io.nanogpt.model.TransformerConfig;
import io.nanogpt.spi.Collective;
import io.nanogpt.train.CheckpointConfig;
import io.nanogpt.train.LocalSteps;
import io.nanogpt.train.Sgd;
import io.nanogpt.train.TrainingListener;
import io.nanogpt.train.TrainingReport;
import io.nanogpt.train.TrainingReport.EvaluationPoint;
import io.nanogpt.train.TrainingReport.StopReason;
import io.nanogpt.train.TrainingStep;
import io.nanogpt.train.WeightAveraging;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Replicas that exchange what they have learned only now and then. */
@Tag("any-jdk")
@Timeout(60)
class LocalStepsTest {
    private static final String TEXT = WorkerRuns.TEXT;
    private static final int STEPS = WorkerRuns.STEPS;
    private static final LocalSteps EVERY_SEVEN = LocalSteps.defaults().withEvery(7);

    @TempDir
    private Path folder;

    private static GPT.Builder settings() {
        return WorkerRuns.small().accumulate(3).localSteps(EVERY_SEVEN);
    }

    private WorkerRuns runs() {
        return new WorkerRuns(folder, LocalStepsTest::settings);
    }

    private TrainingReport train(GPT.Builder builder, String name) {
        return runs().train(builder, name);
    }

    private Path weights(String name) {
        return runs().weights(name);
    }

    private void requireSame(String name) {
        runs().requireSame(name);
    }

    private List<TrainingReport> together(int size, Consumer<GPT.Builder> more) throws InterruptedException {
        return runs().together(size, more);
    }

    /** What a listener sees of each step. */
    private static final class Steps implements TrainingListener {
        private final List<List<Double>> seen = Collections.synchronizedList(new ArrayList<>());

        @Override
        public void onStep(TrainingStep step) {
            seen.add(List.of((double) step.number(), (double) step.loss(), step.gradientNorm()));
        }
    }

    @Test
    void everyNumberOfWorkersGivesTheSameWeightsAndLosses() throws InterruptedException {
        Steps steps = new Steps();
        TrainingReport alone = train(settings().listener(steps), "alone");
        for (int size : new int[] {1, 2, 3}) {
            Steps others = new Steps();
            List<TrainingReport> reports = together(size, builder -> builder.listener(others));
            assertThat(others.seen).isEqualTo(steps.seen).hasSize(STEPS);
            for (int rank = 0; rank < size; rank++) {
                requireSame(size + "-" + rank);
                assertThat(WorkerRuns.losses(reports.get(rank))).isEqualTo(WorkerRuns.losses(alone));
            }
        }
    }

    /** One replica whose outer step is the change itself is a run without replicas. */
    @Test
    void aSingleReplicaWithAnOuterRateOfOneIsAnOrdinaryRun() {
        // Without evaluations between exchanges, which are of the last exchange.
        GPT.Builder ordinary = settings().accumulate(1).evaluateEvery(STEPS);
        ordinary.localSteps(new LocalSteps(1, Sgd.of(1)));
        train(ordinary, "alone");
        try (LanguageModel model = WorkerRuns.small().evaluateEvery(STEPS).train(Corpus.ofText(TEXT))) {
            double expected = model.report().orElseThrow().last().validationLoss();
            try (LanguageModel replica = LanguageModel.load(folder.resolve("alone"))) {
                // Adding a change to the weights rounds once more.
                assertThat(replica.report().orElseThrow().last().validationLoss())
                        .isCloseTo(expected, org.assertj.core.data.Offset.offset(1e-4));
            }
        }
    }

    /** Two replicas by hand: the mean of two runs from the same weights, with the outer step of one round. */
    @Test
    void oneRoundIsTheMeanOfItsReplicas() throws IOException {
        train(settings().localSteps(new LocalSteps(STEPS, Sgd.of(1))), "mean");
        train(settings().localSteps(new LocalSteps(STEPS, Sgd.of(0.5))), "half");
        train(settings().localSteps(new LocalSteps(STEPS, new Sgd(0.5, 0.9, 0, true))), "nesterov");
        // The first velocity is the change, so that Nesterov momentum takes 1.9 of it.
        train(settings().localSteps(new LocalSteps(STEPS, Sgd.of(0.95))), "alone");
        assertThat(Files.mismatch(weights("mean"), weights("half"))).isNotEqualTo(-1);
        List<Double> losses = Stream.of("mean", "half", "nesterov", "alone")
                .map(name -> {
                    try (LanguageModel model = LanguageModel.load(folder.resolve(name))) {
                        EvaluationPoint last = model.report().orElseThrow().last();
                        return last.validationLoss();
                    }
                })
                .toList();
        assertThat(losses.get(0)).isLessThan(losses.get(1));
        assertThat(losses.get(2)).isCloseTo(losses.get(3), org.assertj.core.data.Offset.offset(1e-5));
    }

    @Test
    void evaluationsBetweenExchangesAreOfTheLastOne() {
        TrainingReport report =
                train(settings().evaluateFully(true).evaluateEvery(1).baselines(false), "alone");
        List<Double> losses = report.evaluations().stream()
                .map(EvaluationPoint::validationLoss)
                .toList();
        for (int step = 1; step <= STEPS; step++) {
            boolean exchanged = step % 7 == 0 || step == STEPS;
            assertThat(losses.get(step).equals(losses.get(step - 1)))
                    .as("step %s", step)
                    .isNotEqualTo(exchanged);
        }
    }

    /** That a run is evaluated, and averaged, changes nothing of its weights. */
    @Test
    void evaluationsChangeNothing() throws InterruptedException {
        train(settings().evaluateEvery(STEPS), "alone");
        train(settings().evaluateEvery(1), "often");
        requireSame("often");
        together(3, builder -> builder.evaluateEvery(3));
        requireSame("3-2");
        train(settings().averaging(WeightAveraging.ema(0.9)), "alone");
        together(2, builder -> builder.averaging(WeightAveraging.ema(0.9)));
        requireSame("2-1");
        train(settings().keepBest(true), "alone");
        together(3, builder -> builder.keepBest(true));
        requireSame("3-1");
    }

    // ---- checkpoints

    private GPT.Builder resumable(GPT.Builder builder) {
        int rank = builder.config().collective().map(Collective::rank).orElse(0);
        return builder.averaging(WeightAveraging.ema(0.9))
                .checkpoints(CheckpointConfig.in(folder.resolve("checkpoints-" + rank))
                        .withEvery(5)
                        .withResume(true));
    }

    private static TrainingListener interruptAfter(int stop) {
        return new TrainingListener() {
            @Override
            public void onStep(TrainingStep step) {
                if (step.number() == stop) {
                    Thread.currentThread().interrupt();
                }
            }
        };
    }

    @Test
    void everyWorkerKeepsItsReplicasAndResumesThem() throws Exception {
        train(settings().averaging(WeightAveraging.ema(0.9)), "alone");
        for (int stop : new int[] {4, 12, 14, 25}) {
            List<TrainingReport> reports =
                    together(2, builder -> resumable(builder).listener(interruptAfter(stop)));
            assertThat(reports).extracting(TrainingReport::reason).containsOnly(StopReason.INTERRUPTED);
            assertThat(reports).extracting(TrainingReport::steps).containsOnly(stop);
            Thread.interrupted();
        }
        assertThat(files("checkpoints-0/step-00000025"))
                .contains("model.safetensors", "optimizer.safetensors", "replica-0.safetensors")
                .doesNotContain("replica-1.safetensors");
        assertThat(files("checkpoints-1/step-00000025"))
                .containsExactly("replica-1.safetensors", "replica-2.safetensors");
        List<TrainingReport> reports = together(2, this::resumable);
        assertThat(reports).extracting(report -> report.plan().firstStep()).containsOnly(26);
        requireSame("2-0");
        requireSame("2-1");
    }

    private List<String> files(String name) throws IOException {
        try (Stream<Path> list = Files.list(folder.resolve(name))) {
            return list.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    /** As after a kill of the second worker before its last checkpoint was complete. */
    @Test
    void theNewestCheckpointThatAllHaveCounts() throws Exception {
        train(settings().averaging(WeightAveraging.ema(0.9)), "alone");
        together(3, builder -> resumable(builder).listener(interruptAfter(17)));
        Thread.interrupted();
        delete(folder.resolve("checkpoints-1/step-00000017"));
        List<TrainingReport> reports = together(3, this::resumable);
        assertThat(reports).extracting(report -> report.plan().firstStep()).containsOnly(16);
        requireSame("3-0");
        requireSame("3-2");
    }

    @Test
    void aFirstCheckpointThatNotAllHaveIsNone() throws Exception {
        train(settings().averaging(WeightAveraging.ema(0.9)), "alone");
        together(2, builder -> resumable(builder).listener(interruptAfter(5)));
        Thread.interrupted();
        delete(folder.resolve("checkpoints-0"));
        List<TrainingReport> reports = together(2, this::resumable);
        assertThat(reports).extracting(report -> report.plan().firstStep()).containsOnly(1);
        requireSame("2-0");
    }

    private static void delete(Path path) throws IOException {
        try (Stream<Path> paths = Files.walk(path)) {
            for (Path each : paths.sorted(Collections.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }

    @Test
    void anotherNumberOfWorkersNeedsTheFilesOfItsReplicas() throws Exception {
        train(settings().averaging(WeightAveraging.ema(0.9)), "alone");
        together(3, builder -> resumable(builder).listener(interruptAfter(13)));
        Thread.interrupted();
        assertThatThrownBy(() -> train(resumable(settings()), "missing"))
                .isInstanceOf(NanogptException.class)
                .hasMessageContainingAll("replica-1.safetensors", "copy it from", "or delete all checkpoints");
        for (String step : files("checkpoints-0")) {
            for (int rank = 1; rank < 3 && step.startsWith("step-"); rank++) {
                String name = step + "/replica-" + rank + ".safetensors";
                Files.copy(folder.resolve("checkpoints-" + rank + "/" + name), folder.resolve("checkpoints-0/" + name));
            }
        }
        train(resumable(settings()), "one");
        requireSame("one");
    }

    @Test
    void aCheckpointOfOtherLocalStepsIsRefused() throws Exception {
        train(resumable(settings()), "alone");
        assertThatThrownBy(() -> train(resumable(settings().localSteps(EVERY_SEVEN.withEvery(8))), "other"))
                .isInstanceOf(NanogptException.class)
                .hasMessageContainingAll("another localSteps", "7, outer", "8, outer");
        assertThatThrownBy(() -> ThreadWorkers.run(
                        2,
                        workers -> train(
                                settings().collective(workers).localSteps(EVERY_SEVEN.withEvery(7 + workers.rank())),
                                "different")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("different settings", "local-steps=8");
    }

    // ---- refusals

    @Test
    void whatCannotWorkIsRefused() {
        assertThatThrownBy(() -> together(4, builder -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("3 micro-batches", "4 workers");
        assertThatThrownBy(() -> settings().batchWarmup(5).config())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("local steps", "batchWarmup is 5", "leave out");
        assertThatThrownBy(() -> LocalSteps.defaults().withEvery(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("localSteps", "at least 1", "is 0");
        TransformerConfig tables = TransformerConfig.builder()
                .layers(1)
                .heads(2)
                .embeddingSize(8)
                .contextLength(8)
                .vocabularySize(100)
                .ngramTables(NgramTables.of(200, 2, 4))
                .build();
        assertThatThrownBy(() ->
                        GPT.builder().model(tables).localSteps(EVERY_SEVEN).train(Corpus.ofText(TEXT)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("table of n-grams", "local steps", "train without them");
    }
}
