package io.nanogpt.impl.metrics;

import java.util.function.LongSupplier;

/** The time of day as it was when this was created, advanced by a clock that is never set: no time is before an earlier one. */
final class SteadyTime {
    private static final long NANOSECONDS_A_MILLISECOND = 1_000_000;

    private final long beginMillis;
    private final long beginNanos;
    private final LongSupplier nanos;

    SteadyTime() {
        this(System::currentTimeMillis, System::nanoTime);
    }

    /**
     * Creates a time with other clocks.
     *
     * @param millis the time of day, asked for once
     * @param nanos never set
     */
    SteadyTime(LongSupplier millis, LongSupplier nanos) {
        beginMillis = millis.getAsLong();
        beginNanos = nanos.getAsLong();
        this.nanos = nanos;
    }

    /** Milliseconds since 1970. */
    long millis() {
        return beginMillis + (nanos.getAsLong() - beginNanos) / NANOSECONDS_A_MILLISECOND;
    }
}
