package io.nanogpt.impl.train;

import java.util.concurrent.TimeUnit;

/** Measures the duration of a warm action: the fastest of a few runs. */
final class Calibration {
    private static final int FEWEST_RUNS = 2;
    private static final int MOST_RUNS = 20;

    private Calibration() {}

    /** The seconds of an action, measured within about {@code budgetMillis} milliseconds. */
    static double seconds(Runnable action, int budgetMillis) {
        long budget = TimeUnit.MILLISECONDS.toNanos(budgetMillis);
        long begin = System.nanoTime();
        long fastest = Long.MAX_VALUE;
        for (int run = 0; run < MOST_RUNS; run++) {
            long runBegin = System.nanoTime();
            action.run();
            long end = System.nanoTime();
            fastest = Math.min(fastest, end - runBegin);
            if (run + 1 >= FEWEST_RUNS && end - begin > budget) {
                break;
            }
        }
        return fastest / 1e9;
    }
}
