package io.nanogpt.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BatchScheduleTest {
    @Test
    void batchesRiseFromOneToTheMost() {
        BatchSchedule schedule = new BatchSchedule(4, 6);
        int[] expected = {1, 1, 2, 2, 3, 3, 4, 4};
        for (int taken = 0; taken < expected.length; taken++) {
            assertThat(schedule.batches(taken)).isEqualTo(expected[taken]);
        }
    }

    @Test
    void theBatchesBeforeAStepAreTheSum() {
        for (int most : new int[] {1, 2, 3, 7, 64, 1_000}) {
            for (int warmup : new int[] {0, 1, 2, 5, 64, 333}) {
                BatchSchedule schedule = new BatchSchedule(most, warmup);
                long sum = 0;
                for (int taken = 0; taken < 500; taken++) {
                    assertThat(schedule.before(taken))
                            .as("%s before %d", schedule, taken)
                            .isEqualTo(sum);
                    sum += schedule.batches(taken);
                    assertThat(schedule.steps((double) sum)).isEqualTo(taken + 1);
                    assertThat(schedule.steps(sum - 0.5)).isEqualTo(taken + 1);
                }
            }
        }
        BatchSchedule largest = new BatchSchedule(65_536, Integer.MAX_VALUE);
        assertThat(largest.before(Integer.MAX_VALUE)).isBetween((1L << 46) - (1L << 33), (1L << 46) + (1L << 33));
        assertThat(largest.steps(Double.POSITIVE_INFINITY)).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void settingsNameASchedule() {
        assertThat(BatchSchedule.of(Map.of("accumulate", "8", "batch-warmup", "100")))
                .isEqualTo(new BatchSchedule(8, 100));
        assertThat(BatchSchedule.of(Map.of())).isEqualTo(BatchSchedule.single());
        assertThat(BatchSchedule.of(Map.of("accumulate", "many", "batch-warmup", "-1")))
                .isEqualTo(BatchSchedule.single());
    }

    @Test
    void aRunIsPlannedByTheTokensThatItsStepsTake() {
        // 1 + 1 + 2 + 2 + 3 + 3 batches of 10 tokens, then 4 each.
        BatchSchedule schedule = new BatchSchedule(4, 6);
        assertThat(StoppingCriteria.never().withTokens(120).plannedSteps(1_000, 10, schedule))
                .isEqualTo(6);
        assertThat(StoppingCriteria.never().withTokens(121).plannedSteps(1_000, 10, schedule))
                .isEqualTo(7);
        assertThat(StoppingCriteria.never().withEpochs(0.2).plannedSteps(1_000, 10, schedule))
                .isEqualTo(8);
        assertThat(StoppingCriteria.never().withSteps(5).plannedSteps(1_000, 10, schedule))
                .isEqualTo(5);
        TrainingPlan plan = TrainingPlan.builder()
                .tokensPerStep(40)
                .settings(Map.of("accumulate", "4", "batch-warmup", "6"))
                .build();
        assertThat(plan.tokensAfter(6)).isEqualTo(120);
        assertThat(plan.tokensAfter(8)).isEqualTo(200);
    }

    @Test
    void theContextIsCutInTheFirstSteps() {
        BatchSchedule schedule = new BatchSchedule(1, 0, 5);
        assertThat(IntStream.range(0, 7).map(schedule::pieces)).containsExactly(4, 4, 4, 2, 2, 1, 1);
        assertThat(new BatchSchedule(1, 0, Integer.MAX_VALUE).pieces(Integer.MAX_VALUE - 1))
                .isEqualTo(2);
        assertThat(BatchSchedule.of(Map.of("context-warmup", "5"))).isEqualTo(schedule);
    }

    @Test
    void limitsAreNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Trainer.builder().batchWarmup(-1))
                .withMessage("batchWarmup must be at least 0, but is -1");
        assertThat(OptimizationConfig.defaults()
                        .withBatchWarmup(9)
                        .withAccumulate(3)
                        .batches())
                .isEqualTo(new BatchSchedule(3, 9));
    }
}
