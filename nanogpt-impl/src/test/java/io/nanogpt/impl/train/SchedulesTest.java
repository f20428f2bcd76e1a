package io.nanogpt.impl.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.train.Schedule;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class SchedulesTest {
    private static final Path FIXTURE = Path.of("src/test/resources/fixtures/optimization/schedules.json");

    @TestFactory
    List<DynamicTest> factorsAreThoseOfPyTorch() {
        return JsonValue.read(FIXTURE, "schedules").elements().stream()
                .map(row -> DynamicTest.dynamicTest(
                        row.member("name").string() + " of "
                                + row.member("steps").integer(1, 100),
                        () -> compare(row)))
                .toList();
    }

    private static void compare(JsonValue row) {
        int steps = (int) row.member("steps").integer(1, 100);
        int warmup = (int) row.member("warmup").integer(0, 100);
        double floor = row.member("floor").number();
        Schedule schedule = switch (row.member("name").string()) {
            case "cosine" -> Schedule.cosine(warmup, floor);
            case "linear" -> Schedule.linear(warmup, floor);
            case "inverse-sqrt" -> Schedule.inverseSquareRoot(warmup);
            default -> Schedule.oneCycle(row.member("rise").number());
        };
        List<JsonValue> factors = row.member("factors").elements();
        for (int taken = 0; taken < factors.size(); taken++) {
            assertThat(schedule.factor(taken, steps))
                    .as("step %d", taken)
                    .isCloseTo(factors.get(taken).number(), within(1e-6));
        }
    }

    /** {@code warm} steps up to the whole rate, then flat, then down by the same amount each step. */
    @Test
    void warmupStableDecayHasThreePhases() {
        int steps = 240;
        int warm = 20;
        double decay = 0.6;
        double last = 0.05;
        Schedule schedule = Schedule.warmupStableDecay(warm, decay, last);
        for (int i = 0; i < steps; i++) {
            double begin = steps * (1 - decay);
            double expected =
                    i < warm ? (i + 1.0) / warm : i < begin ? 1 : last + (1 - last) * (steps - i) / (steps - begin);
            assertThat(schedule.factor(i, steps)).as("step %d", i).isCloseTo(expected, within(1e-12));
        }
        assertThat(schedule.factor(0, steps)).isEqualTo(0.05);
        assertThat(schedule.factor(19, steps)).isEqualTo(1);
        assertThat(schedule.factor(95, steps)).isEqualTo(1);
        assertThat(schedule.factor(steps, steps)).isEqualTo(last);
        assertThat(schedule.factor(steps + 9, steps)).isEqualTo(last);
        assertThat(Schedule.warmupStableDecay(0, 0, 0).factor(500, 100)).isEqualTo(1);
        assertThat(Schedule.warmupStableDecay(0, 1, 0).factor(25, 100)).isEqualTo(0.75);
        assertThat(schedule).hasToString("WarmupStableDecay[warmup=20, decayShare=0.6, floor=0.05]");
        assertThatThrownBy(() -> Schedule.warmupStableDecay(5, 1.5, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must be in [0, 1], but is 1.5");
        assertThatThrownBy(() -> Schedule.warmupStableDecay(-1, 0.5, 0)).hasMessageContaining("-1");
        assertThatThrownBy(() -> Schedule.warmupStableDecay(1, 0.5, 2)).hasMessageContaining("[0, 1]");
    }

    @Test
    void warmUpRisesToTheWholeRateAndTheFloorStays() {
        for (Schedule schedule : List.of(Schedule.cosine(9, 0.2), Schedule.linear(9, 0.2))) {
            assertThat(schedule.factor(0, 100)).isCloseTo(0.1, within(1e-12));
            assertThat(schedule.factor(9, 100)).isEqualTo(1);
            assertThat(schedule.factor(100, 100)).isCloseTo(0.2, within(1e-12));
            assertThat(schedule.factor(500, 100)).isCloseTo(0.2, within(1e-12));
            // A run that is over before its warm-up does not divide by zero.
            assertThat(schedule.factor(9, 5)).isCloseTo(0.2, within(1e-12));
        }
        assertThat(Schedule.inverseSquareRoot(3).factor(1, 100)).isEqualTo(0.5);
        assertThat(Schedule.inverseSquareRoot(3).factor(15, 100)).isEqualTo(0.5);
        assertThat(Schedule.constant().factor(7, 9)).isEqualTo(1);
        assertThat(Schedule.oneCycle(0.3).factor(0, 1)).isBetween(0.0, 1.0);
    }

    @Test
    void aScheduleCanHaveItsOwnLength() {
        Schedule schedule = Schedule.linear(0, 0).over(10);
        assertThat(schedule.factor(5, 1000)).isEqualTo(0.5);
        assertThat(schedule.factor(50, 1000)).isZero();
    }

    @Test
    void argumentsThatCannotWorkAreRefused() {
        assertThatThrownBy(() -> Schedule.cosine(-1, 0)).hasMessageContaining("warm-up must be at least 0");
        assertThatThrownBy(() -> Schedule.linear(1, 1.5)).hasMessageContaining("floor is a share");
        assertThatThrownBy(() -> Schedule.oneCycle(1)).hasMessageContaining("(0, 1)");
        assertThatThrownBy(() -> Schedule.constant().over(0)).hasMessageContaining("at least 1");
    }
}
