package io.nanogpt.impl.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.GPT;
import io.nanogpt.data.Corpus;
import io.nanogpt.impl.fakes.ThreadWorkers;
import io.nanogpt.model.NgramTables;
import io.nanogpt.model.TransformerConfig;
import io.nanogpt.spi.Collective;
import io.nanogpt.train.AdamW;
import io.nanogpt.train.CheckpointConfig;
import io.nanogpt.train.DivergencePolicy;
import io.nanogpt.train.ParameterGroups;
import io.nanogpt.train.ParameterSelector;
import io.nanogpt.train.RowwiseAdagrad;
import io.nanogpt.train.TrainingListener;
import io.nanogpt.train.TrainingReport;
import io.nanogpt.train.TrainingReport.StopReason;
import io.nanogpt.train.TrainingStep;
import io.nanogpt.train.WeightAveraging;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several workers give the bits of one process. */
@Tag("any-jdk")
@Timeout(60)
class WorkersTest {
    private static final String TEXT = WorkerRuns.TEXT;
    private static final int STEPS = WorkerRuns.STEPS;

    @TempDir
    private Path folder;

    private static GPT.Builder settings() {
        return WorkerRuns.small().accumulate(5);
    }

    private WorkerRuns runs() {
        return new WorkerRuns(folder, WorkersTest::settings);
    }

    private TrainingReport train(GPT.Builder builder, String name) {
        return runs().train(builder, name);
    }

    private void requireSame(String name) {
        runs().requireSame(name);
    }

    private List<TrainingReport> together(int size, Consumer<GPT.Builder> more) throws InterruptedException {
        return runs().together(size, more);
    }

    @Test
    void everyNumberOfWorkersGivesTheWeightsAndLossesOfOneProcess() throws InterruptedException {
        TrainingReport alone = train(settings(), "alone");
        for (int size : new int[] {1, 2, 3, 5}) {
            List<TrainingReport> reports = together(size, builder -> {});
            for (int rank = 0; rank < size; rank++) {
                requireSame(size + "-" + rank);
                assertThat(WorkerRuns.losses(reports.get(rank))).isEqualTo(WorkerRuns.losses(alone));
            }
        }
    }

    /** The first steps have fewer micro-batches than workers. */
    @Test
    void aWarmUpOfTheBatchGivesTheSameBits() throws InterruptedException {
        train(settings().batchWarmup(12), "alone");
        together(3, builder -> builder.batchWarmup(12));
        requireSame("3-0");
        requireSame("3-2");
    }

    @Test
    void averagedAndBestWeightsAreTheSame() throws InterruptedException {
        train(settings().averaging(WeightAveraging.ema(0.9)), "alone");
        together(2, builder -> builder.averaging(WeightAveraging.ema(0.9)));
        requireSame("2-1");
        train(settings().keepBest(true), "alone");
        together(2, builder -> builder.keepBest(true));
        requireSame("2-1");
    }

    @Test
    void onlyWorkerZeroKeepsCheckpointsAndAnyNumberOfWorkersResumesThem() throws Exception {
        train(settings().averaging(WeightAveraging.ema(0.9)), "alone");
        for (int stop : new int[] {7, 12, 25}) {
            AtomicInteger calls = new AtomicInteger();
            List<TrainingReport> reports = together(
                    1 + stop % 3,
                    builder -> resumable(builder).listener(new TrainingListener() {
                        @Override
                        public void onStep(TrainingStep step) {
                            calls.incrementAndGet();
                            if (step.number() == stop) {
                                Thread.currentThread().interrupt();
                            }
                        }
                    }));
            assertThat(reports).extracting(TrainingReport::reason).containsOnly(StopReason.INTERRUPTED);
            assertThat(reports).extracting(TrainingReport::steps).containsOnly(stop);
            TrainingReport first = reports.get(0);
            assertThat(calls.get()).isEqualTo(stop - first.plan().firstStep() + 1);
            Thread.interrupted();
        }
        try (Stream<Path> written = Files.list(folder)) {
            assertThat(written.filter(path -> path.toString().contains("checkpoints")))
                    .containsExactly(folder.resolve("checkpoints-0"));
        }
        // Alone, what several workers began.
        train(resumable(settings()), "whole");
        requireSame("whole");
        assertThat(together(4, WorkersTest.this::resumable))
                .extracting(report -> report.plan().firstStep())
                .containsOnly(STEPS + 1);
        requireSame("4-3");
    }

    private GPT.Builder resumable(GPT.Builder builder) {
        int rank = builder.config().collective().map(Collective::rank).orElse(0);
        return builder.averaging(WeightAveraging.ema(0.9))
                .checkpoints(CheckpointConfig.in(folder.resolve("checkpoints-" + rank))
                        .withEvery(5)
                        .withResume(true));
    }

    /** A listener of worker 0 asks for a checkpoint, to which all roll back. */
    @Test
    void allRollBackToACheckpointThatWasAskedFor() throws Exception {
        List<TrainingReport> reports = together(2, builder -> {
            int rank = builder.config().collective().orElseThrow().rank();
            builder.checkpoints(CheckpointConfig.in(folder.resolve("checkpoints-" + rank))
                            .withEvery(5))
                    // Step 9 ruins the weights; after the roll-back its rate is an ordinary one.
                    .gradientClip(1e9)
                    .schedule((taken, steps) -> taken == 8 ? 1e8 : 1)
                    .divergencePolicy(DivergencePolicy.rollBack(1).withRollbackFactor(1e-9))
                    .evaluateEvery(STEPS)
                    .listener(new TrainingListener() {
                        private int last;

                        @Override
                        public void onStep(TrainingStep step) {
                            last = step.number();
                        }

                        @Override
                        public boolean wantsCheckpoint() {
                            return last == 7;
                        }
                    });
        });
        assertThat(reports).extracting(TrainingReport::steps).containsOnly(STEPS);
        assertThat(folder.resolve("checkpoints-0/step-00000030")).exists();
        assertThat(folder.resolve("2-1/model.safetensors"))
                .hasSameBinaryContentAs(folder.resolve("2-0/model.safetensors"));
    }

    @Test
    void anInterruptOfAnyWorkerEndsTheRunAtTheSameStep() throws InterruptedException {
        List<TrainingReport> reports = ThreadWorkers.run(3, workers -> {
            if (workers.rank() == 2) {
                // Between the check of the run and its first step.
                return train(settings().collective(new Interrupting(workers)), "2");
            }
            return train(settings().collective(workers), "" + workers.rank());
        });
        assertThat(reports).extracting(TrainingReport::reason).containsOnly(StopReason.INTERRUPTED);
        assertThat(reports).extracting(TrainingReport::steps).containsOnly(4);
    }

    /** Interrupts its thread in the fourth step. */
    private static final class Interrupting implements Collective {
        private final Collective workers;
        private int shares;

        Interrupting(Collective workers) {
            this.workers = workers;
        }

        @Override
        public int rank() {
            return workers.rank();
        }

        @Override
        public int size() {
            return workers.size();
        }

        @Override
        public double[][] gather(double... mine) {
            return workers.gather(mine);
        }

        @Override
        public void broadcast(float[] values) {
            workers.broadcast(values);
        }

        @Override
        public void scatter(float[] values) {
            workers.scatter(values);
        }

        @Override
        public void receive(int worker, float[] share) {
            workers.receive(worker, share);
        }

        @Override
        public void share(float[] values) {
            workers.share(values);
            if (++shares == 4) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Test
    void workersOfDifferentRunsAreRefused() {
        assertThatThrownBy(() -> together(
                        2,
                        builder -> builder.learningRate(
                                builder.config().collective().orElseThrow().rank() == 0 ? 0.001 : 0.002)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("different settings", "learning-rate=0.002", "worker 1", "give all workers");
        assertThatThrownBy(() -> ThreadWorkers.run(
                        2,
                        workers -> settings()
                                .collective(workers)
                                .train(Corpus.ofText(TEXT.replace(workers.rank() == 0 ? "!" : "fox", "cat")))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("different");
    }

    @Test
    void moreWorkersThanMicroBatchesAreRefused() {
        assertThatThrownBy(() -> together(2, builder -> builder.accumulate(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("1 micro-batch", "2 workers", "set accumulate to at least 2");
    }

    /** By the rule of the rows that a batch touched, and by one that moves all rows. */
    @Test
    void tablesOfNgramsGetTheSameBits() throws InterruptedException {
        ParameterGroups rowwise =
                ParameterGroups.of(AdamW.defaults()).with(ParameterSelector.tables(), RowwiseAdagrad.defaults());
        for (ParameterGroups groups : List.of(rowwise, ParameterGroups.of(AdamW.defaults()))) {
            WorkerRuns runs = new WorkerRuns(folder, () -> withTables().optimizer(groups));
            TrainingReport alone = runs.train(withTables().optimizer(groups), "alone");
            for (int size : new int[] {1, 2, 3, 5}) {
                List<TrainingReport> reports = runs.together(size, builder -> {});
                runs.requireSame(size + "-0");
                runs.requireSame(size + "-" + (size - 1));
                assertThat(WorkerRuns.losses(reports.get(0))).isEqualTo(WorkerRuns.losses(alone));
            }
        }
    }

    /** With fewer micro-batches than workers, and with a single one. */
    @Test
    void tablesOfNgramsGetTheSameBitsInAWarmUpOfTheBatch() throws InterruptedException {
        WorkerRuns runs = new WorkerRuns(folder, WorkersTest::withTables);
        runs.train(withTables().batchWarmup(12), "alone");
        runs.together(3, builder -> builder.batchWarmup(12));
        runs.requireSame("3-0");
        runs.requireSame("3-2");
    }

    private static GPT.Builder withTables() {
        TransformerConfig config = TransformerConfig.builder()
                .layers(1)
                .heads(2)
                .embeddingSize(8)
                .contextLength(8)
                .vocabularySize(100)
                .ngramTables(NgramTables.of(200, 2, 4))
                .build();
        return GPT.builder()
                .model(config)
                .batchSize(3)
                .accumulate(5)
                .gradientClip(0.1)
                .steps(STEPS)
                .evaluateEvery(10)
                .evaluationBatches(3)
                .threads(1);
    }
}
