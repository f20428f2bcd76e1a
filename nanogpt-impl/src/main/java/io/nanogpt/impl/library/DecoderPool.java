package io.nanogpt.impl.library;

import io.nanogpt.spi.Decoder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Function;
import java.util.function.Supplier;

/** As many decoders as there were callers at one time, used again by later ones. */
final class DecoderPool {
    private final Supplier<Decoder> factory;
    private final Deque<Decoder> idle = new ArrayDeque<>();

    DecoderPool(Supplier<Decoder> factory) {
        this.factory = factory;
    }

    /** Runs an action with a decoder that nobody else uses meanwhile; its content is not defined. */
    <R> R with(Function<Decoder, R> action) {
        Decoder decoder = take();
        R result = action.apply(decoder);
        // One whose action failed may be broken and is left to the garbage collector.
        synchronized (idle) {
            idle.push(decoder);
        }
        return result;
    }

    private Decoder take() {
        synchronized (idle) {
            Decoder decoder = idle.poll();
            return decoder != null ? decoder : factory.get();
        }
    }
}
