package io.nanogpt.impl.graph;

import io.nanogpt.graph.Graph;
import io.nanogpt.graph.GraphBuilder;
import io.nanogpt.graph.Node;
import io.nanogpt.graph.OpType;
import java.util.List;

/** Builds the graph that outputs the attention probabilities of a model. */
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
            Node attention = attentions.get(layer);
            builder.output(
                    output(layer),
                    builder.add(
                            OpType.ATTENTION_PROBABILITIES,
                            attention.attributes(),
                            output(layer),
                            inference.node(attention.input(0))));
        }
        return builder.build();
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
