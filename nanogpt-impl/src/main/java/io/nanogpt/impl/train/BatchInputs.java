package io.nanogpt.impl.train;

import io.nanogpt.graph.Graph;
import io.nanogpt.impl.data.Batches;
import io.nanogpt.spi.Executable;

/** The ids of a batch as inputs of a graph. Allocates nothing. */
final class BatchInputs {
    private final int[] tokens;
    private final int[] targets;
    /** The positions of packed examples; empty where none are packed. */
    private final int[] positions;

    /**
     * @param count the tokens of a batch
     * @param packed whether the graph has {@link Graph#POSITIONS}
     */
    BatchInputs(int count, boolean packed) {
        tokens = new int[count];
        targets = new int[count];
        positions = new int[packed ? count : 0];
    }

    /** Gives a batch to a graph. */
    void feed(Batches batches, long index, Executable graph) {
        batches.fill(index, tokens, targets);
        graph.input(Graph.TOKENS, tokens);
        graph.input(Graph.TARGETS, targets);
        if (positions.length > 0) {
            batches.positions(index, positions);
            graph.input(Graph.POSITIONS, positions);
        }
    }

    /** The ids of the last batch that count in the loss. */
    int predicted() {
        return Batches.predicted(targets);
    }
}
