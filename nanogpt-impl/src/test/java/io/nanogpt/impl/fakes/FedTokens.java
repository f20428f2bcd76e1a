package io.nanogpt.impl.fakes;

import io.nanogpt.graph.Graph;
import io.nanogpt.graph.OpType;
import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.spi.Backend;
import io.nanogpt.spi.BatchDecoder;
import io.nanogpt.spi.Decoder;
import io.nanogpt.spi.Executable;
import io.nanogpt.spi.ParameterStore;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Another backend, with a count of the tokens that its decoders of many sequences are fed. */
public final class FedTokens implements Backend {
    private final Backend backend;
    private final AtomicInteger fed = new AtomicInteger();
    private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();

    public FedTokens(Backend backend) {
        this.backend = backend;
    }

    /** The tokens since the last call. */
    public int takeFed() {
        return fed.getAndSet(0);
    }

    /** Makes the next step fail. */
    public void failNext(RuntimeException exception) {
        failure.set(exception);
    }

    @Override
    public String name() {
        return backend.name();
    }

    @Override
    public boolean supports(OpType type) {
        return backend.supports(type);
    }

    @Override
    public ParameterStore allocate(List<ParameterSpec> parameters) {
        return backend.allocate(parameters);
    }

    @Override
    public Executable compile(Graph graph, ParameterStore parameters, int batch, int sequence) {
        return backend.compile(graph, parameters, batch, sequence);
    }

    @Override
    public long executableBytes(Graph graph, ParameterStore parameters, int batch, int sequence) {
        return backend.executableBytes(graph, parameters, batch, sequence);
    }

    @Override
    public Decoder decoder(Graph graph, ParameterStore parameters, int contextLength) {
        return backend.decoder(graph, parameters, contextLength);
    }

    @Override
    public Optional<BatchDecoder> batchDecoder(Graph graph, ParameterStore parameters, int contextLength) {
        return backend.batchDecoder(graph, parameters, contextLength).map(Counting::new);
    }

    @Override
    public void close() {
        backend.close();
    }

    private final class Counting implements BatchDecoder {
        private final BatchDecoder decoder;

        Counting(BatchDecoder decoder) {
            this.decoder = decoder;
        }

        @Override
        public int contextLength() {
            return decoder.contextLength();
        }

        @Override
        public int length(int slot) {
            return decoder.length(slot);
        }

        @Override
        public void reset(int slot) {
            decoder.reset(slot);
        }

        @Override
        public void feed(List<? extends Feed> feeds) {
            RuntimeException exception = failure.getAndSet(null);
            if (exception != null) {
                throw exception;
            }
            feeds.forEach(feed -> fed.addAndGet(feed.count()));
            decoder.feed(feeds);
        }

        @Override
        public boolean copy(int from, int count, int to) {
            return decoder.copy(from, count, to);
        }

        @Override
        public boolean drops() {
            return decoder.drops();
        }

        @Override
        public void drop(int slot, int count) {
            decoder.drop(slot, count);
        }

        @Override
        public long bytes(int tokens) {
            return decoder.bytes(tokens);
        }

        @Override
        public void close() {
            decoder.close();
        }
    }
}
