package io.nanogpt.impl.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.train.BatchSchedule;
import io.nanogpt.train.OptimizationConfig;
import io.nanogpt.train.Schedule;
import io.nanogpt.train.Trainer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnfinishedWarmupsTest {
    private static final int STEPS = 10;
    private static final OptimizationConfig PLAIN =
            Trainer.builder().steps(STEPS).build().config().optimization();

    private static List<String> of(OptimizationConfig optimization) {
        return UnfinishedWarmups.of(optimization, STEPS);
    }

    @Test
    void aWarmupThatEndsWithinTheRunIsNotTold() {
        assertThat(of(PLAIN)).isEmpty();
        assertThat(UnfinishedWarmups.of(PLAIN, 1)).isEmpty();
        assertThat(of(PLAIN.withBatches(new BatchSchedule(4, 9, 9))
                        .withMomentumWarmup(9)
                        .withSchedule(Schedule.cosine(9, 0))))
                .isEmpty();
        for (Schedule schedule : List.of(
                Schedule.linear(2, 0),
                Schedule.inverseSquareRoot(0),
                Schedule.oneCycle(0.9),
                // It reaches the rate at its last step.
                Schedule.warmupStableDecay(STEPS, 0.5, 0))) {
            assertThat(of(PLAIN.withSchedule(schedule))).as("%s", schedule).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 11, 1_000})
    void oneThatDoesNotIsToldWithItsSteps(int warmup) {
        String steps = " is to end after step " + warmup + ", and the run ends after step 10: ";
        assertThat(of(PLAIN.withContextWarmup(warmup)))
                .singleElement()
                .asString()
                .startsWith("the warm-up of the context" + steps + "no step trains on the whole context; shorten it");
        assertThat(of(PLAIN.withBatches(new BatchSchedule(4, warmup))))
                .singleElement()
                .asString()
                .startsWith("the warm-up of the batches" + steps + "no step has all 4 of its batches");
        assertThat(of(PLAIN.withMomentumWarmup(warmup)))
                .singleElement()
                .asString()
                .startsWith("the warm-up of the momentum" + steps);
    }

    @Test
    void aRateThatRisesToTheEndIsToldWithItsLast() {
        assertThat(of(PLAIN.withSchedule(Schedule.cosine(99, 0))))
                .singleElement()
                .asString()
                .startsWith("the learning rate rises until the last step, 10, to 10.0 % of the one that was set");
    }
}
