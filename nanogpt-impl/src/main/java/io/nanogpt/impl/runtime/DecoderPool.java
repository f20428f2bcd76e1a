package io.nanogpt.impl.runtime;

import io.nanogpt.spi.Decoder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** As many decoders as there were callers at one time, used again by later ones. */
final class DecoderPool implements AutoCloseable {
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
        List<Decoder> decoders = new ArrayList<>();
        R result;
        try {
            while (decoders.size() < count) {
                decoders.add(take());
            }
            result = action.apply(decoders);
        } catch (RuntimeException | Error e) {
            // Those whose action failed may be broken.
            decoders.forEach(Decoder::close);
            throw e;
        }
        synchronized (idle) {
            decoders.forEach(idle::push);
        }
        return result;
    }

    /** Closes the decoders that nobody uses: all of them, once no action runs any more. */
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
