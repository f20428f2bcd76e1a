package io.nanogpt.examples.benchmarks;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Bytes that all live threads have allocated so far. */
final class AllocatedBytes {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private AllocatedBytes() {}

    static long now() {
        long sum = 0;
        for (long bytes : THREADS.getThreadAllocatedBytes(THREADS.getAllThreadIds())) {
            sum += Math.max(0, bytes); // Minus one for a thread that ended meanwhile.
        }
        return sum;
    }

    /** Bytes that a call of {@link #now} allocates itself. */
    static long ofMeasuring() {
        now();
        long before = now();
        return now() - before;
    }
}
