package io.nanogpt.examples.benchmarks.hostile;

import java.time.Duration;

/**
 * A limit for waiting that is looked at several times a second. Time in which this process was stopped, or did not get a
 * processor, hardly counts.
 */
final class Patience {
    private static final long LONGEST_LOOK_NANOS = Duration.ofSeconds(1).toNanos();

    private final long limitNanos;
    private long waitedNanos;
    private long lastNanos = System.nanoTime();

    Patience(Duration limit) {
        limitNanos = limit.toNanos();
    }

    /** Counts the time since the last look, but at most a second. */
    boolean isOver() {
        long now = System.nanoTime();
        waitedNanos += Math.min(now - lastNanos, LONGEST_LOOK_NANOS);
        lastNanos = now;
        return waitedNanos > limitNanos;
    }
}
