package io.nanogpt.impl.train;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Runs one action at a time on a thread of its own. */
final class BackgroundTask {
    private @Nullable Thread thread;
    private volatile @Nullable RuntimeException failure;

    /** Starts an action once the previous one has ended. */
    void start(Runnable action) {
        await();
        Thread next = new Thread(
                () -> {
                    try {
                        action.run();
                    } catch (RuntimeException e) {
                        failure = e;
                    }
                },
                "nanogpt-checkpoint");
        // Its writes are atomic, so a program that ends need not wait for it.
        next.setDaemon(true);
        thread = next;
        next.start();
    }

    /** Waits for the last action, even if the calling thread is interrupted. */
    void await() {
        Thread running = thread;
        boolean interrupted = false;
        while (running != null && running.isAlive()) {
            try {
                running.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns and clears the exception of the last action. */
    Optional<RuntimeException> takeFailure() {
        Optional<RuntimeException> taken = Optional.ofNullable(failure);
        failure = null;
        return taken;
    }
}
