package io.nanogpt.impl.djl;

import io.nanogpt.graph.Attributes;
import io.nanogpt.graph.Dimension;
import io.nanogpt.graph.Graph;
import io.nanogpt.graph.Node;
import io.nanogpt.graph.OpType;
import io.nanogpt.impl.graph.Packing;

/** Estimates a graph's peak memory, where each result is freed after its last reader. */
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
        // The mask of packed sequences, with the copy from which it is made.
        long masks = Packing.isPacked(graph) ? 2L * batch * sequence * sequence : 0;
        return Float.BYTES * (peak + masks);
    }

    private static long elements(Node node, long rows, int sequence) {
        if (node.type() == OpType.INPUT) {
            // Ids take eight bytes each.
            return 2 * rows;
        }
        if (node.shape().isFixed()) {
            return node.shape().elements();
        }
        // Batch and sequence, then what each row has: features, or for each head a number a key.
        long elements = rows;
        for (Dimension dimension :
                node.shape().dimensions().subList(2, node.shape().rank())) {
            elements *= dimension instanceof Dimension.Fixed fixed ? fixed.size() : sequence;
        }
        return elements;
    }

    /** Elements kept for the gradient beside results; counted to the end, though some are freed earlier. */
    private static long kept(Graph graph, Node node, long rows, int sequence) {
        return switch (node.type()) {
            case ATTENTION -> probabilities(node, rows, sequence);
            case DROPOUT -> rows * node.shape().features();
            case LSTM -> rows * 5 * node.shape().features();
            case CROSS_ENTROPY -> rows * graph.node(node.input(0)).shape().features();
            case INPUT,
                    PARAMETER,
                    EMBEDDING,
                    ONE_HOT_LINEAR,
                    ADD_POSITIONS,
                    ADD_SINUSOIDS,
                    LINEAR,
                    ADD,
                    MULTIPLY,
                    SCALE,
                    CONSTANT_SCALE,
                    CONCAT,
                    LAYER_NORM,
                    RMS_NORM,
                    HEAD_NORM,
                    GELU,
                    GELU_TANH,
                    RELU,
                    RELU_SQUARED,
                    SILU,
                    ROTARY,
                    ATTENTION_PROBABILITIES,
                    DEPTHWISE_CONV,
                    CAUSAL_CONV,
                    SOFT_CAP,
                    EMBEDDING_GRAD,
                    ONE_HOT_LINEAR_GRAD,
                    ADD_POSITIONS_GRAD,
                    LINEAR_INPUT_GRAD,
                    LINEAR_WEIGHT_GRAD,
                    SCALE_WEIGHT_GRAD,
                    SUM_ROWS,
                    SLICE,
                    LAYER_NORM_INPUT_GRAD,
                    LAYER_NORM_WEIGHT_GRAD,
                    RMS_NORM_INPUT_GRAD,
                    HEAD_NORM_GRAD,
                    RMS_NORM_WEIGHT_GRAD,
                    GELU_GRAD,
                    GELU_TANH_GRAD,
                    RELU_GRAD,
                    RELU_SQUARED_GRAD,
                    SILU_GRAD,
                    SOFT_CAP_GRAD,
                    ATTENTION_GRAD,
                    LSTM_GRAD,
                    PREVIOUS_ROW,
                    DEPTHWISE_CONV_INPUT_GRAD,
                    CAUSAL_CONV_INPUT_GRAD,
                    DEPTHWISE_CONV_WEIGHT_GRAD,
                    CAUSAL_CONV_WEIGHT_GRAD,
                    GRADIENT_SUM,
                    CROSS_ENTROPY_GRAD -> 0;
        };
    }

    private static long probabilities(Node node, long rows, int sequence) {
        Attributes.Attention attention = (Attributes.Attention) node.attributes();
        // The limited dot products too, where they have a limit.
        return rows * attention.heads() * sequence * (attention.cap() > 0 ? 2 : 1);
    }
}
