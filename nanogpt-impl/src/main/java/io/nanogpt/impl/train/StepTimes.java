package io.nanogpt.impl.train;

import java.util.Arrays;

/** Durations of steps, in constant memory: the median is over the latest {@value #KEPT} of them. */
final class StepTimes {
    private static final int KEPT = 1 << 16;

    private final long[] nanoseconds = new long[KEPT];
    private long total;
    private int count;

    void add(long duration) {
        nanoseconds[count % nanoseconds.length] = duration;
        total += duration;
        count++;
    }

    /** The median duration; zero before the first step. */
    double medianMillis() {
        int kept = Math.min(count, nanoseconds.length);
        if (kept == 0) {
            return 0;
        }
        long[] sorted = Arrays.copyOf(nanoseconds, kept);
        Arrays.sort(sorted);
        return (sorted[(kept - 1) / 2] + sorted[kept / 2]) / 2e6;
    }

    /** Steps per second; zero before the first step. */
    double perSecond() {
        return count == 0 ? 0 : count / (total / 1e9);
    }
}
