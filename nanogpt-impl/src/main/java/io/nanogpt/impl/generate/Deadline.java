package io.nanogpt.impl.generate;

import io.nanogpt.generate.GenerationInterruptedException;
import java.time.Duration;
import java.util.Optional;

/** The time limit of a generation, which an interrupt of the thread ends as well. */
final class Deadline {
    private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

    private final long begin = System.nanoTime();
    private final long nanoseconds;

    /** Starts the time. */
    Deadline(Optional<Duration> timeout) {
        Duration limit = timeout.orElse(LONGEST);
        nanoseconds = limit.compareTo(LONGEST) < 0 ? limit.toNanos() : Long.MAX_VALUE;
    }

    /** The nanoseconds that are left. */
    long remaining() {
        return Math.max(0, nanoseconds - (System.nanoTime() - begin));
    }

    /**
     * Whether the time limit has passed.
     *
     * @param tokens generated so far
     * @throws GenerationInterruptedException if the thread is interrupted
     */
    boolean isOver(int tokens) {
        if (Thread.currentThread().isInterrupted()) {
            throw new GenerationInterruptedException(tokens);
        }
        return System.nanoTime() - begin >= nanoseconds;
    }
}
