package io.nanogpt.impl.train;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/** Measures the duration of an action. */
final class Calibration {
    private static final int FEWEST_RUNS = 2;
    private static final double SHARE = 0.02;

    private Calibration() {}

    /**
     * The seconds of an action once it is compiled, which takes seconds itself: the median of the later half of the runs of
     * {@code millis} milliseconds, or of a small share of the time of {@code times} runs, and of two at least. Not the
     * fastest, as most runs of a busy machine are slower.
     */
    static double seconds(Runnable action, int millis, double times) {
        return seconds(action, millis, times, System::nanoTime);
    }

    static double seconds(Runnable action, int millis, double times, LongSupplier nanoTime) {
        List<Long> durations = new ArrayList<>();
        long begin = nanoTime.getAsLong();
        long end = begin;
        do {
            long runBegin = end;
            action.run();
            end = nanoTime.getAsLong();
            durations.add(end - runBegin);
        } while (durations.size() < FEWEST_RUNS
                || (end - begin < millis * 1e6 && !isEnough(durations, (end - begin) / 1e9, times)));
        return compiled(durations);
    }

    /** Asked at powers of two alone: the median takes time itself. */
    private static boolean isEnough(List<Long> durations, double seconds, double times) {
        return Integer.bitCount(durations.size()) == 1 && seconds >= SHARE * times * compiled(durations);
    }

    private static double compiled(List<Long> durations) {
        List<Long> later =
                durations.stream().skip(durations.size() / 2).sorted().toList();
        return later.get(later.size() / 2) / 1e9;
    }
}
