package io.nanogpt.impl.fakes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/** Interrupts operations that would take very long. */
public final class Interrupted {
    private static final long MILLISECONDS_BEFORE = 200;
    private static final long MOST_MILLISECONDS = 30_000;

    private Interrupted() {}

    /** Runs an operation on another thread, interrupts it soon, and returns what it throws, with the flag still set. */
    public static Throwable exceptionOf(Runnable operation) throws InterruptedException {
        CountDownLatch started = new CountDownLatch(1);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        AtomicBoolean flag = new AtomicBoolean();
        Thread thread = new Thread(() -> {
            started.countDown();
            try {
                operation.run();
            } catch (RuntimeException | Error e) {
                thrown.set(e);
            }
            flag.set(Thread.currentThread().isInterrupted());
        });
        thread.setDaemon(true);
        thread.start();
        assertThat(started.await(MOST_MILLISECONDS, TimeUnit.MILLISECONDS)).isTrue();
        thread.join(MILLISECONDS_BEFORE);
        thread.interrupt();
        thread.join(MOST_MILLISECONDS);
        assertThat(thread.isAlive()).as("still running after the interrupt").isFalse();
        assertThat(flag).as("the interrupt flag").isTrue();
        return thrown.get();
    }
}
