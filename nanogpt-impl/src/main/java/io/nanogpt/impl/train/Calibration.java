package io.nanogpt.impl.train;

/** Measures the duration of a warm action: the fastest of a few runs. */
final class Calibration {
    private static final int FEWEST_RUNS = 2;
    private static final int MOST_RUNS = 20;
    private static final double SHARE = 0.02;

    private Calibration() {}

    /** The seconds of an action, measured within about {@code budgetMillis} milliseconds. */
    static double seconds(Runnable action, int budgetMillis) {
        return seconds(action, budgetMillis, Double.POSITIVE_INFINITY);
    }

    /** As above, but in a small share of the time of {@code times} actions: a short run needs no exact estimate. */
    static double seconds(Runnable action, int budgetMillis, double times) {
        double budget = budgetMillis * 1e6;
        long begin = System.nanoTime();
        long fastest = Long.MAX_VALUE;
        for (int run = 0; run < MOST_RUNS; run++) {
            long runBegin = System.nanoTime();
            action.run();
            long end = System.nanoTime();
            fastest = Math.min(fastest, end - runBegin);
            if (run + 1 >= FEWEST_RUNS && end - begin > Math.min(budget, times * SHARE * (double) fastest)) {
                break;
            }
        }
        return fastest / 1e9;
    }
}
