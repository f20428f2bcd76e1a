package io.nanogpt.impl.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("any-jdk")
class CalibrationTest {
    private final AtomicLong clock = new AtomicLong();
    private final AtomicInteger runs = new AtomicInteger();

    /** Ten runs of 100 ms, as before compilation; then of 10 ms, and each fifth of 2 ms, as on a machine that is idle at times. */
    private void act() {
        int run = runs.getAndIncrement();
        int millis = run < 10 ? 100 : run % 5 == 0 ? 2 : 10;
        clock.addAndGet(millis * 1_000_000L);
    }

    private double seconds(int millis, double times) {
        return Calibration.seconds(this::act, millis, times, clock::get);
    }

    @Test
    void aStepTakesWhatMostTakeOnceItIsCompiled() {
        assertThat(seconds(2_000, Double.POSITIVE_INFINITY)).isEqualTo(0.010, within(1e-9));
        assertThat(clock.get()).isBetween(2_000_000_000L, 2_010_000_000L);
    }

    /** Of 10,000 steps of 10 ms, some per cent; as slow as the first steps, they would be measured for 20 seconds. */
    @Test
    void aRunIsMeasuredForASmallShareOfItsTime() {
        assertThat(seconds(60_000, 10_000)).isEqualTo(0.010, within(1e-9));
        assertThat(clock.get()).isBetween(2_000_000_000L, 4_000_000_000L);
    }

    @Test
    void atLeastTwoAreTaken() {
        assertThat(seconds(1, 1e9)).isEqualTo(0.100, within(1e-9));
        assertThat(runs).hasValue(2);
    }
}
