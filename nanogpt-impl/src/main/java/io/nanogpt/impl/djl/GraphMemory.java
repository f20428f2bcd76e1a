package io.nanogpt.impl.djl;

import io.nanogpt.graph.Attributes;
import io.nanogpt.graph.Graph;
import io.nanogpt.graph.Node;
import io.nanogpt.graph.OpType;

/** About what a graph needs at its peak, when each result is freed after its last reader. */
final class GraphMemory {
    private GraphMemory() {}

    static long bytes(Graph graph, int batch, int sequence) {
        int count = graph.nodes().size();
        int[] lastReader = new int[count];
        for (Node node : graph.nodes()) {
            lastReader[node.id()] = node.id();
            node.inputs().forEach(input -> lastReader[input] = node.id());
        }
        graph.outputs().values().forEach(output -> lastReader[output] = count);
        long[] freed = new long[count + 1];
        long live = 0;
        long peak = 0;
        for (Node node : graph.nodes()) {
            long size = node.type() == OpType.PARAMETER ? 0 : elements(node, (long) batch * sequence, sequence);
            live += size + kept(graph, node, (long) batch * sequence, sequence);
            freed[lastReader[node.id()]] += size;
            peak = Math.max(peak, live);
            live -= freed[node.id()];
        }
        return Float.BYTES * peak;
    }

    private static long elements(Node node, long rows, int sequence) {
        return switch (node.type()) {
            case ATTENTION_PROBABILITIES -> probabilities(node, rows, sequence);
            // Ids take eight bytes each.
            case INPUT -> 2 * rows;
            default ->
                node.shape().isFixed()
                        ? node.shape().elements()
                        : rows * node.shape().features();
        };
    }

    /** What is kept for the gradient beside results: counted to the end, though some of it is freed before. */
    private static long kept(Graph graph, Node node, long rows, int sequence) {
        return switch (node.type()) {
            case ATTENTION -> probabilities(node, rows, sequence);
            case DROPOUT -> rows * node.shape().features();
            case LSTM -> rows * 5 * node.shape().features();
            case CROSS_ENTROPY -> rows * graph.node(node.input(0)).shape().features();
            default -> 0;
        };
    }

    private static long probabilities(Node node, long rows, int sequence) {
        return rows * ((Attributes.Attention) node.attributes()).heads() * sequence;
    }
}
