package io.nanogpt.onednn;

import java.lang.ref.Cleaner;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongConsumer;

/** Handles of oneDNN that one object owns, freed together: when it closes, or when it is no longer reachable. */
final class Handles implements Runnable {
    private static final Cleaner CLEANER = Cleaner.create();

    private final Deque<Runnable> frees = new ArrayDeque<>();
    private boolean closed;

    /** Frees the handles when the owner is no longer reachable; the result frees them before. */
    static Cleaner.Cleanable register(Object owner, Handles handles) {
        return CLEANER.register(owner, handles);
    }

    /** Adds a handle, and returns it. */
    synchronized long add(long handle, LongConsumer free) {
        frees.push(() -> free.accept(handle));
        return handle;
    }

    /** Throws if the handles were freed. */
    synchronized void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the native products were closed");
        }
    }

    @Override
    public synchronized void run() {
        closed = true;
        while (!frees.isEmpty()) {
            frees.pop().run();
        }
    }
}
