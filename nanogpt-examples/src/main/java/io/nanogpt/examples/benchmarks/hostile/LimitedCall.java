package io.nanogpt.examples.benchmarks.hostile;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Calls code in a thread of its own, measures the memory that it allocates, and does not wait for it beyond a limit.
 *
 * @param error what was thrown, if anything
 * @param allocated bytes that the thread allocated; 0 if it was not done in time
 * @param stack where the thread was when its time was over; empty if it was done
 * @param stopped whether a thread whose time was over ended after an interrupt
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record LimitedCall(@Nullable Throwable error, long allocated, StackTraceElement[] stack, boolean stopped) {
    /** The limit of an input in seconds of the processor, so that a busy machine does not make findings. */
    private static final Duration PROCESSOR_LIMIT = Duration.ofSeconds(5);
    /** The limit of the clock, for code that waits. */
    private static final Duration CLOCK_LIMIT = Duration.ofSeconds(60);

    private static final Duration AFTER_INTERRUPT = Duration.ofSeconds(2);
    private static final long LOOK_MILLIS = 20;
    private static final long TOO_MUCH = 256L << 20;
    private static final long TIMES_TOO_MUCH = 4;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** Code that may throw. */
    @FunctionalInterface
    interface Action {
        /** Runs the code. */
        void run() throws Exception;
    }

    boolean isLate() {
        return stack.length > 0;
    }

    /**
     * Calls code.
     *
     * @param most bytes that it may allocate; it is interrupted at several times as many, before it takes all memory
     */
    static LimitedCall of(Action action, long most) throws InterruptedException {
        AtomicReference<@Nullable Throwable> error = new AtomicReference<>();
        long[] allocated = new long[1];
        Thread thread = new Thread(
                () -> {
                    long before = THREADS.getCurrentThreadAllocatedBytes();
                    try {
                        action.run();
                    } catch (Throwable e) {
                        error.set(e);
                    }
                    allocated[0] = THREADS.getCurrentThreadAllocatedBytes() - before;
                },
                "limited call");
        thread.setDaemon(true);
        thread.start();
        Patience patience = new Patience(CLOCK_LIMIT);
        while (true) {
            thread.join(LOOK_MILLIS);
            if (!thread.isAlive()) {
                return new LimitedCall(error.get(), allocated[0], new StackTraceElement[0], true);
            }
            if (patience.isOver() || takesTooMuch(thread, most)) {
                StackTraceElement[] stack = thread.getStackTrace();
                thread.interrupt();
                thread.join(AFTER_INTERRUPT.toMillis());
                return new LimitedCall(null, 0, stack.length == 0 ? here() : stack, !thread.isAlive());
            }
        }
    }

    private static boolean takesTooMuch(Thread thread, long most) {
        try {
            return THREADS.getThreadCpuTime(thread.getId()) > PROCESSOR_LIMIT.toNanos()
                    || THREADS.getThreadAllocatedBytes(thread.getId()) > Math.max(TOO_MUCH, TIMES_TOO_MUCH * most);
        } catch (OutOfMemoryError e) {
            // The call took all memory: it is about to end with the same error.
            return false;
        }
    }

    private static StackTraceElement[] here() {
        return Thread.currentThread().getStackTrace();
    }
}
