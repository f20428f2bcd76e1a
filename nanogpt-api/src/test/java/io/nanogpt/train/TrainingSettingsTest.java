package io.nanogpt.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.backend.Compute;
import io.nanogpt.train.TrainingReport.StopReason;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class TrainingSettingsTest {
    @Test
    void aSetterRefusesWhatCannotWork() {
        assertRefused(trainer -> trainer.batchSize(0), "batchSize must be from 1 to 65536, but is 0");
        assertRefused(trainer -> trainer.batchSize(100_000), "batchSize must be from 1 to 65536, but is 100000");
        assertRefused(trainer -> trainer.threads(0), "threads must be from 1 to 1024, but is 0");
        assertRefused(trainer -> trainer.threads(100_000), "threads must be from 1 to 1024, but is 100000");
        assertRefused(trainer -> trainer.accumulate(0), "accumulate must be from 1 to 65536, but is 0");
        assertRefused(trainer -> trainer.accumulate(1_000_000), "accumulate must be from 1 to 65536, but is 1000000");
        assertRefused(trainer -> trainer.learningRate(-1), "learningRate must be above 0, but is -1.0");
        assertRefused(trainer -> trainer.weightDecay(Double.NaN), "weightDecay must be at least 0, but is NaN");
        assertRefused(trainer -> trainer.gradientClip(0), "gradientClip must be above 0, but is 0.0");
        assertRefused(trainer -> trainer.steps(0), "steps must be at least 1, but is 0");
        assertRefused(trainer -> trainer.epochs(0), "epochs must be above 0, but is 0.0");
        assertRefused(trainer -> trainer.earlyStop(0), "patience must be at least 1, but is 0");
        assertRefused(trainer -> trainer.maxTime(Duration.ZERO), "time must be above 0, but is PT0S");
        assertRefused(trainer -> trainer.evaluateEvery(0), "evaluateEvery must be at least 1, but is 0");
        assertRefused(trainer -> trainer.evaluationBatches(0), "evaluationBatches must be at least 1, but is 0");
        assertRefused(
                trainer -> trainer.peakFlops(0),
                "peakFlops must be a finite number of operations per second above 0, but is 0.0");
    }

    private static void assertRefused(UnaryOperator<Trainer.Builder> setter, String message) {
        assertThatThrownBy(() -> setter.apply(Trainer.builder()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void aRunWithoutALimitHasTwoThousandSteps() {
        assertThat(Trainer.builder().config().stopping().steps()).isEqualTo(2_000);
        assertThat(Trainer.builder().earlyStop(3).config().stopping().steps()).isEqualTo(2_000);
        assertThat(Trainer.builder().epochs(3).config().stopping().steps()).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void aConfigurationDoesNotChangeWithItsBuilder() {
        Trainer.Builder builder = Trainer.builder().listener(new TrainingListener() {});
        TrainingConfig config = builder.config();
        builder.seed(3).listener(new TrainingListener() {});
        assertThat(config.seed()).isEqualTo(1337);
        assertThat(config.listeners()).hasSize(1);
    }

    @Test
    void aScheduleWithoutAUsableFactorIsNamed() {
        OptimizationConfig optimization = OptimizationConfig.defaults().withSchedule(Schedule.cosine(2, 0.1));
        assertThat(optimization.learningRate(0, 10)).isPositive();
        for (double factor : new double[] {Double.NaN, -1e-9, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() ->
                            optimization.withSchedule((taken, steps) -> factor).learningRate(4, 10))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll(
                            "gives the factor " + factor + " for step 5 of 10", "finite and at least 0");
        }
        assertThat(optimization.withSchedule((taken, steps) -> 0).learningRate(4, 10))
                .isZero();
    }

    @Test
    void plansOfTheSameValuesAreEqual() {
        TrainingPlan.Builder builder = TrainingPlan.builder()
                .compute(new Compute("cpu", Compute.Kernels.SCALAR, "", Optional.empty()))
                .steps(7)
                .settings(Map.of("seed", "1"));
        TrainingPlan plan = builder.build();
        assertThat(builder.build()).isEqualTo(plan).hasSameHashCodeAs(plan).hasToString(plan.toString());
        assertThat(builder.peakFlops(2).build()).isNotEqualTo(plan);
        assertThat(plan.peakFlops()).isEmpty();
        assertThat(plan.toString()).contains("backend=cpu", "steps=7");
    }

    @Test
    void aReportHasAnEvaluation() {
        TrainingPlan plan = TrainingPlan.builder().build();
        assertThatThrownBy(() -> new TrainingReport(plan, 0, StopReason.DONE, List.of(), 0, 0, 0, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("evaluation");
    }
}
