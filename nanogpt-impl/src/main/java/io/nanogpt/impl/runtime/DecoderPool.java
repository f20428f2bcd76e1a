package io.nanogpt.impl.runtime;

import io.nanogpt.spi.Decoder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Function;
import java.util.function.Supplier;

/** A pool of decoders that grows to the largest number of concurrent callers. */
final class DecoderPool implements AutoCloseable {
    private final Supplier<Decoder> factory;
    private final Deque<Decoder> idle = new ArrayDeque<>();

    DecoderPool(Supplier<Decoder> factory) {
        this.factory = factory;
    }

    /** Runs an action with exclusive use of a decoder, whose state is undefined. */
    <R> R with(Function<Decoder, R> action) {
        Decoder decoder = take();
        R result;
        try {
            result = action.apply(decoder);
        } catch (RuntimeException | Error e) {
            // After a failure its state is unknown.
            decoder.close();
            throw e;
        }
        synchronized (idle) {
            idle.push(decoder);
        }
        return result;
    }

    /** Closes the idle decoders: all of them once no action is running. */
    @Override
    public void close() {
        synchronized (idle) {
            idle.forEach(Decoder::close);
            idle.clear();
        }
    }

    private Decoder take() {
        synchronized (idle) {
            Decoder decoder = idle.poll();
            return decoder != null ? decoder : factory.get();
        }
    }
}
