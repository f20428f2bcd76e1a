package io.nanogpt.impl.onnx;

import java.util.IdentityHashMap;

/**
 * The native memory of a decoder, which is freed when the decoder is closed, or once it is unreachable. Holds no
 * reference to the decoder.
 */
final class NativeMemory implements Runnable {
    private final IdentityHashMap<Object, Runnable> open = new IdentityHashMap<>();
    private volatile boolean freed;

    /** Native code must never see memory that is free. */
    void requireOpen() {
        if (freed) {
            throw new IllegalStateException("this decoder, or its backend, is closed");
        }
    }

    /** Keeps what is to be freed in the end. */
    <T> T keep(T resource, Runnable close) {
        open.put(resource, close);
        return resource;
    }

    /** Frees what is kept. */
    void free(Object resource) {
        Runnable close = open.remove(resource);
        if (close != null) {
            close.run();
        }
    }

    @Override
    public void run() {
        freed = true;
        open.values().forEach(Runnable::run);
        open.clear();
    }
}
