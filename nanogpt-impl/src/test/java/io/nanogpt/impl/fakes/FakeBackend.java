package io.nanogpt.impl.fakes;

import io.nanogpt.graph.Graph;
import io.nanogpt.graph.OpType;
import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.spi.Backend;
import io.nanogpt.spi.Decoder;
import io.nanogpt.spi.Executable;
import io.nanogpt.spi.ParameterStore;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Computes nothing of a graph: the loss of a token is {@code input / 100 + target}, and the logits favour the id after
 * the last one. Fails where two executables run at once or anything runs after it was closed.
 */
public final class FakeBackend implements Backend {
    public final List<String> compiled = Collections.synchronizedList(new ArrayList<>());
    public final AtomicInteger decoders = new AtomicInteger();
    public final AtomicInteger closes = new AtomicInteger();
    /** Executables and decoders that are not closed. */
    public final AtomicInteger open = new AtomicInteger();

    private final AtomicInteger running = new AtomicInteger();

    /** The loss of one token. */
    public static double loss(int input, int target) {
        return input / 100.0 + target;
    }

    @Override
    public String name() {
        return "fake";
    }

    @Override
    public boolean supports(OpType type) {
        return true;
    }

    @Override
    public ParameterStore allocate(List<ParameterSpec> parameters) {
        return new MapParameters(parameters);
    }

    @Override
    public Executable compile(Graph graph, ParameterStore parameters, int batch, int sequence) {
        compiled.add(batch + "x" + sequence);
        graph.output(Graph.LOSS);
        open.incrementAndGet();
        return new FakeExecutable(batch * sequence);
    }

    @Override
    public long executableBytes(Graph graph, ParameterStore parameters, int batch, int sequence) {
        return 0;
    }

    @Override
    public Decoder decoder(Graph graph, ParameterStore parameters, int contextLength) {
        decoders.incrementAndGet();
        open.incrementAndGet();
        graph.output(Graph.LOGITS);
        return new RecordingDecoder(contextLength, (tokens, logits) -> {
                    requireOpen();
                    for (int id = 0; id < logits.length; id++) {
                        logits[id] = id == (tokens.get(tokens.size() - 1) + 1) % logits.length ? 3 : -id / 10f;
                    }
                })
                .onClose(open::decrementAndGet);
    }

    @Override
    public void close() {
        if (open.get() > 0) {
            throw new AssertionError(open + " executables and decoders are still open");
        }
        closes.incrementAndGet();
    }

    private void requireOpen() {
        if (closes.get() > 0) {
            throw new AssertionError("the backend is closed");
        }
    }

    private final class FakeExecutable implements Executable {
        private final int count;
        private final Map<String, int[]> inputs = new HashMap<>();
        private double loss;
        private boolean closed;

        private FakeExecutable(int count) {
            this.count = count;
        }

        @Override
        public void input(String name, int[] values) {
            if (values.length != count) {
                throw new IllegalArgumentException(name + " has " + values.length + " ids, not " + count);
            }
            inputs.put(name, values.clone());
        }

        @Override
        public void run(long randomKey) {
            requireOpen();
            if (running.incrementAndGet() > 1) {
                throw new AssertionError("two executables run at once");
            }
            loss = 0;
            for (int i = 0; i < count; i++) {
                loss += FakeBackend.loss(inputs.get(Graph.TOKENS)[i], inputs.get(Graph.TARGETS)[i]) / count;
            }
            running.decrementAndGet();
        }

        @Override
        public float scalar(String output) {
            return (float) loss;
        }

        @Override
        public void read(String output, float[] destination) {
            throw new UnsupportedOperationException(output);
        }

        @Override
        public long bytes() {
            return 0;
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                open.decrementAndGet();
            }
        }
    }
}
