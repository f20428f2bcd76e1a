package io.nanogpt.impl.graph;

import io.nanogpt.graph.Graph;
import io.nanogpt.graph.GraphBuilder;
import io.nanogpt.graph.Node;
import io.nanogpt.graph.OpType;
import java.util.List;

/** Builds graphs that output the attention probabilities of a model. */
public final class AttentionGraph {
    private AttentionGraph() {}

    /**
     * Returns the inference graph with the probabilities of every attention node as additional outputs, in layer order.
     */
    public static Graph of(Graph model) {
        Graph inference = Inference.of(model);
        GraphBuilder builder = GraphBuilder.extend(inference);
        List<Node> attentions = attentions(inference);
        for (int layer = 0; layer < attentions.size(); layer++) {
            builder.output(output(layer), probabilities(builder, inference, attentions.get(layer), layer));
        }
        return builder.build();
    }

    /** Returns the part of the inference graph that the probabilities of one layer need, its only output. */
    public static Graph of(Graph model, int layer) {
        Graph inference = Inference.of(model);
        GraphBuilder builder = GraphBuilder.extend(inference);
        Node probabilities =
                probabilities(builder, inference, attentions(inference).get(layer), layer);
        return HiddenStates.upTo(builder.build(), probabilities.id(), output(layer));
    }

    private static Node probabilities(GraphBuilder builder, Graph graph, Node attention, int layer) {
        return builder.add(
                OpType.ATTENTION_PROBABILITIES, attention.attributes(), output(layer), graph.node(attention.input(0)));
    }

    /** The name of the output with the probabilities of a layer, {@code (batch, sequence, heads, sequence)}. */
    public static String output(int layer) {
        return "attention." + layer;
    }

    /** The attention nodes of a graph, in layer order. */
    public static List<Node> attentions(Graph graph) {
        return graph.nodes().stream()
                .filter(node -> node.type() == OpType.ATTENTION)
                .toList();
    }
}
