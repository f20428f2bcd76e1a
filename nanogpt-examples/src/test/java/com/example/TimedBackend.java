package com.example;

import io.nanogpt.backend.Compute;
import io.nanogpt.graph.Graph;
import io.nanogpt.graph.OpType;
import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.spi.Backend;
import io.nanogpt.spi.Decoder;
import io.nanogpt.spi.Executable;
import io.nanogpt.spi.ParameterStore;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Lets another backend compute, and measures how long its executables run. */
final class TimedBackend implements Backend {
    private final Backend inner;
    private final AtomicLong nanoseconds = new AtomicLong();

    TimedBackend(Backend inner) {
        this.inner = inner;
    }

    @Override
    public String name() {
        return "timed, " + inner.name();
    }

    @Override
    public Compute compute() {
        Compute compute = inner.compute();
        return new Compute(name(), compute.kernels(), compute.reason(), compute.advice());
    }

    @Override
    public boolean supports(OpType type) {
        return inner.supports(type);
    }

    @Override
    public ParameterStore allocate(List<ParameterSpec> parameters) {
        return inner.allocate(parameters);
    }

    @Override
    public Executable compile(Graph graph, ParameterStore parameters, int batch, int sequence) {
        return new TimedExecutable(inner.compile(graph, parameters, batch, sequence), nanoseconds);
    }

    @Override
    public long executableBytes(Graph graph, ParameterStore parameters, int batch, int sequence) {
        return inner.executableBytes(graph, parameters, batch, sequence);
    }

    @Override
    public Memory memory() {
        return inner.memory();
    }

    @Override
    public Decoder decoder(Graph graph, ParameterStore parameters, int contextLength) {
        return inner.decoder(graph, parameters, contextLength);
    }

    @Override
    public void close() {
        inner.close();
        System.getLogger("com.example").log(System.Logger.Level.INFO, "computed for {0} ns", nanoseconds);
    }
}
