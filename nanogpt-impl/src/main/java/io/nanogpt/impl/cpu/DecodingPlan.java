package io.nanogpt.impl.cpu;

import io.nanogpt.graph.Graph;
import io.nanogpt.impl.graph.SequenceMemory;
import java.util.stream.Stream;

/** A graph compiled for decoding, and what its sequences need. */
final class DecodingPlan {
    /** Rows of a pass over one sequence: enough to reuse the weights, few enough to keep activations small. */
    private static final int ROWS = 64;
    /** Rows of a pass over many sequences. */
    private static final int MANY_ROWS = 128;

    final Plan plan;
    final Plan.Output logits;
    final CpuParameters parameters;
    final Kernels kernels;
    /** Rows of a pass at most. */
    final int rows;
    /** Tokens of a sequence at most. */
    final int capacity;
    /** Tokens of a sequence for which the workers have memory. */
    final int room;
    /** Token ids before those of a pass that operations read. */
    final int history;
    /** Whether the first tokens of a sequence can be dropped. */
    final boolean drops;
    /** Whether many sequences are decoded. */
    final boolean many;

    DecodingPlan(Graph graph, CpuParameters parameters, Kernels kernels, int contextLength, boolean many) {
        this.parameters = parameters;
        this.kernels = kernels;
        this.many = many;
        rows = many ? MANY_ROWS : Math.min(ROWS, contextLength);
        room = Math.min(SequenceState.FIRST_ROOM, contextLength);
        plan = Compiler.decoder(graph, parameters, kernels.panelWidth(), rows, room, contextLength);
        Plan.Output output = plan.outputs().get(Graph.LOGITS);
        if (output == null || plan.inputs().size() != 1) {
            throw new IllegalArgumentException(
                    "decoding needs a graph from " + Graph.TOKENS + " to " + Graph.LOGITS + ", but this one goes from "
                            + plan.inputs() + " to " + plan.outputs().keySet());
        }
        logits = output;
        SequenceMemory memory = SequenceMemory.of(graph);
        history = memory.tokens();
        drops = !memory.absolute();
        capacity = memory.unbounded() ? Integer.MAX_VALUE : contextLength;
    }

    /** An empty sequence. */
    SequenceState state() {
        return new SequenceState(plan.states(), history);
    }

    /** Multiply-adds of a row in products with weights, about. */
    long weights() {
        return linears()
                .mapToLong(linear -> (long) linear.depth() * linear.width())
                .sum();
    }

    /** Bytes of these weights, about. */
    long weightBytes() {
        return linears()
                .mapToLong(linear ->
                        (long) linear.depth() * linear.width() * linear.factor().bits() / Byte.SIZE)
                .sum();
    }

    private Stream<LinearOperations.Linear> linears() {
        return plan.operations().stream()
                .filter(LinearOperations.Linear.class::isInstance)
                .map(LinearOperations.Linear.class::cast);
    }
}
