package io.nanogpt.impl.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nanogpt.NanogptException;
import io.nanogpt.data.Examples.Order;
import io.nanogpt.data.Windows;
import io.nanogpt.graph.Graph;
import io.nanogpt.graph.GraphBuilder;
import io.nanogpt.graph.Initializer;
import io.nanogpt.graph.Node;
import io.nanogpt.graph.Shape;
import io.nanogpt.impl.data.Batches;
import io.nanogpt.impl.data.TokenIds;
import io.nanogpt.model.Architecture;
import io.nanogpt.spi.BatchTooLargeException;
import io.nanogpt.train.Schedule;
import io.nanogpt.train.Trainer;
import io.nanogpt.train.TrainingConfig;
import io.nanogpt.train.TrainingDivergedException;
import io.nanogpt.train.TrainingListener;
import io.nanogpt.train.TrainingPlan;
import io.nanogpt.train.TrainingReport;
import io.nanogpt.train.TrainingReport.EvaluationPoint;
import io.nanogpt.train.TrainingStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TrainingRunTest {
    static final int VOCABULARY = 50;
    static final Batches.Size SIZE = new Batches.Size(3, 8, VOCABULARY);
    static final Windows TRAIN = tokens(400);
    static final Windows VALIDATION = tokens(60);

    @Test
    void listenersAreCalledInOrder() {
        List<String> heard = new ArrayList<>();
        run(FakeBackend.falling(), settings(5).evaluateEvery(2).listener(new Recorder(heard)));
        assertThat(heard)
                .containsExactly(
                        "start 5",
                        "evaluation 0",
                        "step 1",
                        "step 2",
                        "evaluation 2",
                        "step 3",
                        "step 4",
                        "evaluation 4",
                        "step 5",
                        "evaluation 5",
                        "end 5");
    }

    @Test
    void theLastStepIsEvaluatedOnce() {
        TrainingReport report =
                run(FakeBackend.falling(), settings(4).evaluateEvery(2)).report();
        assertThat(report.evaluations()).extracting(EvaluationPoint::step).containsExactly(0, 2, 4);
        assertThat(report.bestStep()).isEqualTo(4);
        assertThat(report.last().trainLoss()).isCloseTo(5.996, within(1e-6));
    }

    @Test
    void thePlanCounts() {
        List<TrainingPlan> plans = new ArrayList<>();
        run(FakeBackend.falling(), settings(10).listener(new TrainingListener() {
            @Override
            public void onStart(TrainingPlan plan) {
                plans.add(plan);
            }
        }));
        TrainingPlan plan = plans.get(0);
        assertThat(plan.parameters()).isEqualTo(2 * VOCABULARY * 4);
        assertThat(plan.trainTokens()).isEqualTo(400);
        assertThat(plan.validationTokens()).isEqualTo(60);
        assertThat(plan.tokensPerStep()).isEqualTo(3 * 8);
        assertThat(plan.stepsPerEpoch()).isCloseTo(400 / 24.0, within(1e-9));
        assertThat(plan.epochs()).isCloseTo(10 * 24 / 400.0, within(1e-9));
        assertThat(plan.estimatedBytes()).isEqualTo(16 * plan.parameters() + 2 * 1000);
        assertThat(plan.estimatedSeconds()).isPositive();
        assertThat(plan.compute().backend()).isEqualTo("fake (none, 1 thread)");
    }

    @Test
    void anEpochOfOrderedWindowsIsAllOfThem() {
        Trainer.Builder settings = Trainer.builder().batchSize(3).epochs(0.5).evaluationBatches(2);
        TrainingRun.Data shuffled = new TrainingRun.Data(TRAIN.withOrder(Order.SHUFFLED), VALIDATION);
        TrainingReport report = TrainingRun.run(
                        FakeBackend.falling(),
                        TrainingRun.Model.of(architecture()),
                        shuffled,
                        settings.build().config(),
                        TrainingRun.Services.none())
                .report();
        // 400 tokens have 392 windows of 8 and the token after them.
        assertThat(report.plan().stepsPerEpoch()).isCloseTo(392 / 3.0, within(1e-9));
        assertThat(report.steps()).isEqualTo(66);
    }

    @Test
    void compiledGraphsAreClosedAtTheEnd() {
        FakeBackend backend = FakeBackend.falling();
        run(backend, settings(2));
        assertThat(backend.open).isZero();
        FakeBackend diverging = new FakeBackend(updates -> Float.NaN, updates -> 1);
        assertThatThrownBy(() -> run(diverging, settings(2))).isInstanceOf(TrainingDivergedException.class);
        assertThat(diverging.open).isZero();
    }

    /** Other data of the program may take more memory than was known before. */
    @Test
    void aFailedAllocationGivesAdvice() {
        FakeBackend backend = FakeBackend.falling();
        backend.full = true;
        assertThatThrownBy(() -> run(backend, settings(2).batchSize(6)))
                .isInstanceOfSatisfying(
                        BatchTooLargeException.class,
                        e -> assertThat(e.fittingBatch()).isEqualTo(3))
                .hasMessageContaining("a batch of 6 for a model of 400 parameters does not fit into memory")
                .hasMessageContaining("-Xmx")
                .hasCauseInstanceOf(OutOfMemoryError.class);
        assertThat(backend.open).isZero();
    }

    @Test
    void calibrationTakesNoStep() {
        FakeBackend backend = FakeBackend.falling();
        run(backend, settings(7));
        assertThat(backend.store.updates).isEqualTo(7);
    }

    @Test
    void aLossThatIsNotFiniteEndsTheRunWithoutAnUpdate() {
        FakeBackend backend = new FakeBackend(updates -> updates == 3 ? Float.NaN : 2 + updates, updates -> 1);
        assertThatThrownBy(() -> run(backend, settings(10).learningRate(0.03)))
                .isInstanceOfSatisfying(
                        TrainingDivergedException.class,
                        e -> assertThat(e.step()).isEqualTo(4))
                .hasMessageContaining("step 4")
                .hasMessageContaining("the last good loss was 4.")
                .hasMessageContaining("0.03");
        assertThat(backend.store.updates).isEqualTo(3);
    }

    @Test
    void anEvaluationThatIsNotFiniteEndsTheRun() {
        FakeBackend backend = new FakeBackend(updates -> 1, updates -> updates < 4 ? 1 : Float.POSITIVE_INFINITY);
        assertThatThrownBy(() -> run(backend, settings(4))).isInstanceOf(TrainingDivergedException.class);
    }

    @Test
    void aScheduleWithoutAUsableFactorIsRefusedBeforeTheFirstStep() {
        for (double factor : new double[] {Double.NaN, -0.5, Double.POSITIVE_INFINITY}) {
            FakeBackend backend = FakeBackend.falling();
            Schedule schedule = new Schedule() {
                @Override
                public double factor(int taken, int steps) {
                    return taken == 6 ? factor : 1;
                }

                @Override
                public String toString() {
                    return "broken";
                }
            };
            assertThatThrownBy(() -> run(backend, settings(10).schedule(schedule)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("the schedule broken gives the factor " + factor + " for step 7 of 10");
            assertThat(backend.trainingInputs).isEmpty();
        }
    }

    @Test
    void keepBestEndsWithTheWeightsOfTheLowestValidationLoss() {
        FakeBackend backend = new FakeBackend(updates -> 1, updates -> Math.abs(updates - 4) + 1);
        TrainingReport report =
                run(backend, settings(10).evaluateEvery(2).keepBest(true)).report();
        assertThat(report.bestStep()).isEqualTo(4);
        assertThat(report.steps()).isEqualTo(10);
        assertThat(report.last().step()).isEqualTo(4);
        assertThat(backend.store.weight("head")[0] - initialHead()).isCloseTo(4, within(1e-5f));
    }

    @Test
    void withoutKeepBestTheLastWeightsStay() {
        FakeBackend backend = new FakeBackend(updates -> 1, updates -> Math.abs(updates - 4) + 1);
        TrainingReport report = run(backend, settings(10).evaluateEvery(2)).report();
        assertThat(report.bestStep()).isEqualTo(4);
        assertThat(report.last().step()).isEqualTo(10);
        assertThat(backend.store.weight("head")[0] - initialHead()).isCloseTo(10, within(1e-5f));
    }

    @Test
    void gradientsAreScaledToTheClip() {
        FakeBackend backend = FakeBackend.falling();
        backend.gradientNorm = 8;
        run(backend, settings(2).gradientClip(2));
        assertThat(backend.store.gradientScales)
                .allSatisfy(scale -> assertThat(scale).isCloseTo(0.25, within(1e-6)));
    }

    @Test
    void gradientsBelowTheClipStay() {
        FakeBackend backend = FakeBackend.falling();
        backend.gradientNorm = 1.5;
        run(backend, settings(2).gradientClip(2));
        assertThat(backend.store.gradientScales).containsExactly(1.0, 1.0);
    }

    @Test
    void aWarmUpOfTheBatchTakesTheSameBatchesInOtherSteps() {
        FakeBackend warming = FakeBackend.falling();
        FakeBackend single = FakeBackend.falling();
        List<Long> tokens = new ArrayList<>();
        TrainingReport report = run(
                        warming, settings(6).accumulate(3).batchWarmup(4).listener(new TrainingListener() {
                            @Override
                            public void onStep(TrainingStep step) {
                                tokens.add(step.tokens());
                            }
                        }))
                .report();
        // 1, 1, 2, 2, 3 and 3 batches of 3 sequences of 8 tokens.
        assertThat(tokens).containsExactly(24L, 48L, 96L, 144L, 216L, 288L);
        assertThat(report.plan().epochs()).isCloseTo(288 / 400.0, within(1e-9));
        assertThat(report.plan().tokensPerStep()).isEqualTo(72);
        run(single, settings(12));
        assertThat(last(12, warming)).isDeepEqualTo(last(12, single));
    }

    private static int[][] last(int count, FakeBackend backend) {
        List<int[]> all = backend.trainingInputs;
        return all.subList(all.size() - count, all.size()).toArray(new int[0][]);
    }

    @Test
    void batchesDependOnTheSeedAlone() {
        FakeBackend one = FakeBackend.falling();
        FakeBackend other = FakeBackend.falling();
        FakeBackend otherSeed = FakeBackend.falling();
        run(one, settings(6).evaluateEvery(2));
        run(other, settings(6).evaluateEvery(3).evaluationBatches(1).threads(7));
        run(otherSeed, settings(6).seed(2));
        assertThat(lastSix(one)).isDeepEqualTo(lastSix(other));
        assertThat(lastSix(one)[5]).isNotEqualTo(lastSix(otherSeed)[5]);
        assertThat(one.store.weight("table")).isNotEqualTo(otherSeed.store.weight("table"));
    }

    @Test
    void everyEvaluationDrawsItsOwnBatches() {
        FakeBackend backend = FakeBackend.falling();
        run(backend, settings(1).evaluateEvery(1).evaluationBatches(1));
        List<int[]> seen = backend.evaluationInputs;
        int[] validationAtStart = seen.get(seen.size() - 3);
        int[] validationAtEnd = seen.get(seen.size() - 1);
        assertThat(validationAtEnd).isNotEqualTo(validationAtStart);
    }

    @Test
    void initialWeightsFollowTheirInitializer() {
        FakeBackend backend = FakeBackend.falling();
        backend.allocate(architecture().graph().parameters());
        InitialWeights.write(backend.store, 1, Optional.empty());
        float[] table = backend.store.weight("table");
        double mean = IntStream.range(0, table.length)
                .mapToDouble(i -> table[i])
                .average()
                .orElseThrow();
        double square = IntStream.range(0, table.length)
                .mapToDouble(i -> table[i] * table[i])
                .average()
                .orElseThrow();
        assertThat(mean).isCloseTo(0, within(0.02));
        assertThat(Math.sqrt(square)).isCloseTo(0.1, within(0.02));
        assertThat(table).isNotEqualTo(backend.store.weight("head"));
    }

    @Test
    void aSplitThatIsTooShortIsRefused() {
        assertThatThrownBy(() -> TrainingRun.run(
                        FakeBackend.falling(),
                        TrainingRun.Model.of(architecture()),
                        new TrainingRun.Data(TRAIN, tokens(8)),
                        settings(1).build().config(),
                        TrainingRun.Services.none()))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("has 8 tokens")
                .hasMessageContaining("at least 9");
    }

    @Test
    void theMedianIsOfTheLatestSteps() {
        StepTimes times = new StepTimes();
        assertThat(times.medianMillis()).isZero();
        times.add(3_000_000);
        times.add(1_000_000);
        assertThat(times.medianMillis()).isEqualTo(2);
        times.add(9_000_000);
        assertThat(times.medianMillis()).isEqualTo(3);
        assertThat(times.perSecond()).isCloseTo(3 / 0.013, within(1e-6));
    }

    private static float initialHead() {
        FakeBackend backend = FakeBackend.falling();
        backend.allocate(architecture().graph().parameters());
        InitialWeights.write(backend.store, new Keys(1337).initialWeights(), Optional.empty());
        return backend.store.weight("head")[0];
    }

    private static int[][] lastSix(FakeBackend backend) {
        List<int[]> all = backend.trainingInputs;
        return all.subList(all.size() - 6, all.size()).toArray(new int[0][]);
    }

    static TrainingRun.Result run(FakeBackend backend, Trainer.Builder settings) {
        TrainingConfig config = settings.build().config();
        return TrainingRun.run(
                backend,
                TrainingRun.Model.of(architecture()),
                new TrainingRun.Data(TRAIN, VALIDATION),
                config,
                TrainingRun.Services.none());
    }

    static Trainer.Builder settings(int steps) {
        return Trainer.builder().batchSize(3).steps(steps).evaluationBatches(2);
    }

    private static Windows tokens(int count) {
        return Windows.of(TokenIds.of(
                IntStream.range(0, count).map(i -> i * 7 % VOCABULARY).toArray(), VOCABULARY));
    }

    static Architecture architecture() {
        GraphBuilder g = new GraphBuilder();
        Initializer normal = new Initializer.Normal(0.1f);
        Node x = g.embedding(g.input(Graph.TOKENS), g.parameter("table", Shape.of(VOCABULARY, 4), normal));
        Graph graph = g.output(Graph.LOGITS, g.linear(x, g.parameter("head", Shape.of(VOCABULARY, 4), normal)))
                .build();
        return new Architecture() {
            @Override
            public String kind() {
                return "test";
            }

            @Override
            public int vocabularySize() {
                return VOCABULARY;
            }

            @Override
            public int contextLength() {
                return 8;
            }

            @Override
            public Graph graph() {
                return graph;
            }

            @Override
            public Map<String, Object> settings() {
                return Map.of();
            }
        };
    }

    /** Keeps what it hears. */
    static class Recorder implements TrainingListener {
        private final List<String> heard;

        Recorder(List<String> heard) {
            this.heard = heard;
        }

        @Override
        public void onStart(TrainingPlan plan) {
            heard.add("start " + plan.steps());
        }

        @Override
        public void onStep(TrainingStep step) {
            heard.add("step " + step.number());
        }

        @Override
        public void onEvaluation(EvaluationPoint point) {
            heard.add("evaluation " + point.step());
        }

        @Override
        public void onEnd(TrainingReport report) {
            heard.add("end " + report.steps());
        }
    }
}
