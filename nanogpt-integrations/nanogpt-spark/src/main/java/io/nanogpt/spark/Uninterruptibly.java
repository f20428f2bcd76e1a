package io.nanogpt.spark;

/** Waits to the end while the thread is interrupted, and keeps the interrupt flag. */
final class Uninterruptibly {
    private Uninterruptibly() {}

    /** Something to wait for. */
    @FunctionalInterface
    interface Waiting<T> {
        T await() throws InterruptedException;
    }

    static <T> T get(Waiting<T> waiting) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return waiting.await();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
