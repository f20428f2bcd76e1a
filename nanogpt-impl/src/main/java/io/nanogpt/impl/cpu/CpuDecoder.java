package io.nanogpt.impl.cpu;

import io.nanogpt.graph.Graph;
import io.nanogpt.spi.Decoder;

/** Decodes on the calling thread: for small models handing work to another thread costs more than it saves. */
final class CpuDecoder implements Decoder {
    private final Operation[] operations;
    private final Plan.Output logits;
    private final CpuParameters parameters;
    private final Worker worker;
    private final Slice slice;
    private final int[] ids;
    private final int capacity;

    CpuDecoder(Graph graph, CpuParameters parameters, Kernels kernels, int capacity) {
        Plan plan = Compiler.decoder(graph, parameters, kernels.panelWidth(), capacity);
        Plan.Output output = plan.outputs().get(Graph.LOGITS);
        if (output == null || plan.inputs().size() != 1) {
            throw new IllegalArgumentException(
                    "decoding needs a graph from " + Graph.TOKENS + " to " + Graph.LOGITS + ", but this one goes from "
                            + plan.inputs() + " to " + plan.outputs().keySet());
        }
        this.operations = plan.operations().toArray(Operation[]::new);
        this.logits = output;
        this.parameters = parameters;
        this.worker = new Worker(kernels, plan.scratchSize(), plan.zeroSize());
        this.ids = new int[capacity];
        this.slice = new Slice(plan.arenaSize(), new int[][] {ids}, 0, 1, capacity);
        this.capacity = capacity;
    }

    @Override
    public int contextLength() {
        return capacity;
    }

    @Override
    public int length() {
        return slice.past;
    }

    @Override
    public void reset() {
        slice.past = 0;
    }

    @Override
    public void feed(int[] tokens, int from, int count, float[] destination) {
        if (count < 1 || slice.past + count > capacity) {
            throw new IllegalStateException("cannot feed " + count + " tokens after " + slice.past + " to a cache of "
                    + capacity + "; reset it first");
        }
        if (destination.length != logits.width()) {
            throw new IllegalArgumentException(
                    "there are " + logits.width() + " logits, but the array has " + destination.length);
        }
        parameters.prepare();
        System.arraycopy(tokens, from, ids, 0, count);
        slice.length = count;
        slice.rows = count;
        for (Operation operation : operations) {
            operation.run(slice, worker);
        }
        slice.past += count;
        System.arraycopy(slice.arena, logits.offset() + (count - 1) * logits.width(), destination, 0, logits.width());
    }
}
