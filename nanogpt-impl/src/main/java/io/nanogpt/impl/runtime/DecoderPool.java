package io.nanogpt.impl.runtime;

import io.nanogpt.spi.Decoder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** As many decoders as there were callers at one time, used again by later ones. */
final class DecoderPool {
    private final Supplier<Decoder> factory;
    private final Deque<Decoder> idle = new ArrayDeque<>();

    DecoderPool(Supplier<Decoder> factory) {
        this.factory = factory;
    }

    /** Runs an action with a decoder that nobody else uses meanwhile; its content is not defined. */
    <R> R with(Function<Decoder, R> action) {
        return withSeveral(1, decoders -> action.apply(decoders.get(0)));
    }

    /** Runs an action with several decoders. */
    <R> R withSeveral(int count, Function<List<Decoder>, R> action) {
        List<Decoder> decoders = Stream.generate(this::take).limit(count).toList();
        R result = action.apply(decoders);
        // Those whose action failed may be broken and are left to the garbage collector.
        synchronized (idle) {
            decoders.forEach(idle::push);
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
