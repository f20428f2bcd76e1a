package io.nanogpt.impl.train;

import java.util.function.LongSupplier;
import java.util.stream.LongStream;

/** Measures the duration of an action. */
final class Calibration {
    private static final int FEWEST_RUNS = 2;
    private static final int MOST_RUNS = 20;
    private static final double SHARE = 0.02;

    private Calibration() {}

    /**
     * The seconds of an action once it is compiled, which takes seconds itself: the median of the later half of the runs of
     * {@code millis} milliseconds, of two at least. Not the fastest, as most runs of a busy machine are slower.
     */
    static double compiledSeconds(Runnable action, int millis) {
        return compiledSeconds(action, millis, System::nanoTime);
    }

    static double compiledSeconds(Runnable action, int millis, LongSupplier nanoTime) {
        LongStream.Builder durations = LongStream.builder();
        long begin = nanoTime.getAsLong();
        long end = begin;
        int runs = 0;
        while (runs < FEWEST_RUNS || end - begin < millis * 1e6) {
            long runBegin = end;
            action.run();
            end = nanoTime.getAsLong();
            durations.add(end - runBegin);
            runs++;
        }
        long[] later = durations.build().skip(runs / 2).sorted().toArray();
        return later[later.length / 2] / 1e9;
    }

    /**
     * The seconds of an action, measured within about {@code budgetMillis} milliseconds, or in a small share of the time of
     * {@code times} actions: a short run needs no exact estimate.
     */
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
