package io.nanogpt.impl.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.impl.fakes.Notices;
import io.nanogpt.train.DivergencePolicy;
import io.nanogpt.train.Schedule;
import io.nanogpt.train.StoppingCriteria;
import io.nanogpt.train.Trainer;
import io.nanogpt.train.TrainingDivergedException;
import io.nanogpt.train.TrainingListener;
import io.nanogpt.train.TrainingReport;
import io.nanogpt.train.TrainingReport.EvaluationPoint;
import io.nanogpt.train.TrainingReport.StopReason;
import io.nanogpt.train.TrainingStep;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Ends and rollbacks of runs, and the learning rates of their steps. */
class DivergenceTest {
    private final Notices notices = new Notices();

    @Test
    void aRunRollsBackAndTriesALowerRate() {
        // Diverges at its 26th update, but only the first time.
        int[] runs = new int[1];
        FakeBackend backend = new FakeBackend(updates -> updates == 26 && runs[0]++ == 0 ? Float.NaN : 1, updates -> 2);
        TrainingReport report = run(
                backend,
                settings(40)
                        .divergencePolicy(DivergencePolicy.rollBack(1).withSaveEvery(10))
                        .evaluateEvery(100));
        assertThat(report.steps()).isEqualTo(40);
        assertThat(backend.store.updates).isEqualTo(40);
        // Twenty-six steps, back to 20, and twenty more at half the rate.
        assertThat(backend.store.learningRates).hasSize(46);
        assertThat(backend.store.learningRates.subList(0, 26)).containsOnly(1e-3);
        assertThat(backend.store.learningRates.subList(26, 46)).containsOnly(5e-4);
        assertThat(notices.heard())
                .singleElement()
                .asString()
                .contains("step 27 was NaN", "back to step 20", "learning rate of 5e-4");
    }

    @Test
    void tooManyRollbacksEndTheRun() {
        FakeBackend backend = new FakeBackend(updates -> updates == 26 ? Float.NaN : 1, updates -> 2);
        assertThatThrownBy(() -> run(
                        backend,
                        settings(40)
                                .divergencePolicy(DivergencePolicy.rollBack(3).withSaveEvery(10))))
                .isInstanceOf(TrainingDivergedException.class)
                .hasMessageContaining("step 27");
        assertThat(notices.heard()).hasSize(3);
    }

    @Test
    void theMessageNamesTheRateThatWasSetAndOnlyWhatWasNotTried() {
        FakeBackend backend = new FakeBackend(updates -> updates < 3 ? 2.34567f : 1e9f, updates -> 2);
        assertThatThrownBy(() -> run(backend, settings(40).learningRate(10).schedule(Schedule.cosine(10, 0.1))))
                .hasMessage(
                        "the loss of step 4 is 1000000000; the last good loss was 2.35. No saved model was overwritten."
                                + " Lower the learning rate (it is set to 10 and was 3.64 in this step; try 3), clip gradients with"
                                + " gradientClip(1), or roll back with divergencePolicy(DivergencePolicy.rollBack(3))");
        assertThatThrownBy(() -> run(
                        new FakeBackend(updates -> Float.NaN, updates -> 2),
                        settings(40).learningRate(1e-5).gradientClip(1)))
                .hasMessageContaining("is NaN; the last good loss was 2.")
                .hasMessageEndingWith("Lower the learning rate (it is set to 1e-5; try 3e-6) or roll back with"
                        + " divergencePolicy(DivergencePolicy.rollBack(3))");
        assertThatThrownBy(() -> run(
                        new FakeBackend(updates -> Float.NaN, updates -> 2),
                        settings(40).gradientClip(1).divergencePolicy(DivergencePolicy.rollBack(1))))
                .hasMessageEndingWith("try 3e-4)");
    }

    @Test
    void theMessageAdvisesARateBelowThatOfTheStepAndWritesLargeOnesShortly() {
        assertThatThrownBy(() -> run(
                        new FakeBackend(updates -> updates == 26 ? Float.NaN : 1, updates -> 2),
                        settings(40)
                                .learningRate(1e30)
                                .gradientClip(1)
                                .divergencePolicy(DivergencePolicy.rollBack(3).withSaveEvery(10))))
                .hasMessageEndingWith(
                        "Lower the learning rate (it is set to 1e30 and was 1.25e29 in this step; try 1e29)");
    }

    @Test
    void aLossThatIsBadBeforeTheFirstStepIsNotBlamedOnTheLearningRate() {
        assertThatThrownBy(() -> run(new FakeBackend(updates -> 1, updates -> Float.NaN), settings(40)))
                .isInstanceOf(TrainingDivergedException.class)
                .hasMessage("the loss of step 0 is NaN; the last good loss was none. No saved model was overwritten."
                        + " The weights that training began with give it, whatever the learning rate: initialize or import"
                        + " others");
    }

    @Test
    void anEvaluationThatExplodesRollsBackToo() {
        int[] runs = new int[1];
        FakeBackend backend = new FakeBackend(updates -> 1, updates -> updates == 30 && runs[0]++ == 0 ? 1e9f : 2);
        TrainingReport report = run(
                backend,
                settings(40)
                        .divergencePolicy(DivergencePolicy.rollBack(1).withSaveEvery(7))
                        .evaluateEvery(10));
        assertThat(notices.heard()).singleElement().asString().contains("back to step 28");
        assertThat(report.evaluations()).extracting(EvaluationPoint::step).containsExactly(0, 10, 20, 30, 40);
    }

    @Test
    void aLossFarAboveGuessingCountsAsExploded() {
        FakeBackend backend = new FakeBackend(updates -> updates < 5 ? 4 : 40, updates -> 2);
        assertThatThrownBy(() -> run(backend, settings(10)))
                .isInstanceOf(TrainingDivergedException.class)
                .hasMessageContaining("loss of step 6 is 40; the last good loss was 4.");
        assertThat(run(
                                new FakeBackend(updates -> 1e30f, updates -> 2),
                                settings(3)
                                        .divergencePolicy(
                                                DivergencePolicy.stop().withExplosion(Double.POSITIVE_INFINITY)))
                        .steps())
                .isEqualTo(3);
    }

    @Test
    void patienceCountsEvaluationsSinceTheBest() {
        FakeBackend backend = new FakeBackend(updates -> 1, updates -> Math.abs(updates - 6) + 1);
        TrainingReport report = run(backend, settings(100).evaluateEvery(2).earlyStop(3));
        assertThat(report.reason()).isEqualTo(StopReason.NO_PROGRESS);
        assertThat(report.steps()).isEqualTo(12);
        assertThat(report.bestStep()).isEqualTo(6);
    }

    @Test
    void epochsTokensAndTimeEndARun() {
        // 24 tokens a step of 400.
        assertThat(run(FakeBackend.falling(), Trainer.builder().batchSize(3).epochs(2))
                        .steps())
                .isEqualTo(34);
        StoppingCriteria tokens = StoppingCriteria.never().withTokens(100);
        assertThat(run(FakeBackend.falling(), Trainer.builder().batchSize(3).stopping(tokens))
                        .steps())
                .isEqualTo(5);
        assertThat(run(FakeBackend.falling(), settings(9).epochs(2)).steps()).isEqualTo(9);
        StoppingCriteria time = StoppingCriteria.never().withTime(Duration.ofNanos(1));
        TrainingReport report = run(FakeBackend.falling(), Trainer.builder().stopping(time));
        assertThat(report.reason()).isEqualTo(StopReason.TIME);
        assertThatThrownBy(() -> new StoppingCriteria(1, 1, 1, Duration.ZERO, 1))
                .hasMessageContaining("above 0");
        assertThat(StoppingCriteria.never().isBounded()).isFalse();
    }

    @Test
    void theScheduleSetsTheRateOfEveryStep() {
        FakeBackend backend = FakeBackend.falling();
        List<Double> heard = new ArrayList<>();
        run(backend, settings(10).schedule(Schedule.linear(3, 0)).listener(new TrainingListener() {
            @Override
            public void onStep(TrainingStep step) {
                heard.add(step.learningRate());
                assertThat(step.gradientNorm()).isEqualTo(1);
                assertThat(step.tokens()).isEqualTo(24L * step.number());
            }
        }));
        assertThat(backend.store.learningRates).isEqualTo(heard);
        assertThat(heard.get(0)).isEqualTo(1e-3 / 4);
        assertThat(heard.get(3)).isEqualTo(1e-3);
        assertThat(heard.get(9)).isLessThan(2e-4);
    }

    @Test
    void accumulatedBatchesAreDistinctAndWeighted() {
        FakeBackend backend = FakeBackend.falling();
        run(backend, settings(4).accumulate(3));
        assertThat(backend.store.updates).isEqualTo(4);
        List<int[]> inputs =
                backend.trainingInputs.subList(backend.trainingInputs.size() - 12, backend.trainingInputs.size());
        assertThat(inputs).doesNotHaveDuplicates();
        int held = backend.store.held.size();
        assertThat(backend.store.held.subList(held - 3, held)).containsExactly(24f, 24f, -24f);
        assertThat(backend.store.gradientScales).containsOnly(1 / 72.0);
    }

    @Test
    void aBatchThatDoesNotFitIsRefusedWithOneThatWould() {
        FakeBackend backend = FakeBackend.falling();
        backend.bytesPerSequence = Runtime.getRuntime().maxMemory() / 100;
        assertThatThrownBy(() -> run(backend, settings(1).batchSize(1000)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a batch of 1000 needs")
                .hasMessageContaining("would fit, and accumulate(")
                .hasMessageContaining("-Xmx");
        backend.bytesPerSequence = 2 * Runtime.getRuntime().maxMemory();
        assertThatThrownBy(() -> run(backend, settings(1))).hasMessageContaining("not even a batch of 1 would fit");
    }

    private TrainingReport run(FakeBackend backend, Trainer.Builder settings) {
        return TrainingRunTest.run(backend, settings.listener(notices)).report();
    }

    private static Trainer.Builder settings(int steps) {
        return TrainingRunTest.settings(steps);
    }
}
