package io.nanogpt.impl.graph;

import io.nanogpt.graph.Graph;
import io.nanogpt.graph.GraphBuilder;
import io.nanogpt.graph.Node;
import io.nanogpt.graph.OpType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Builds the inference graph of a model. */
public final class Inference {
    private Inference() {}

    /** Returns the same graph with every {@link OpType#DROPOUT} replaced by its input. */
    public static Graph of(Graph graph) {
        if (graph.nodes().stream().noneMatch(node -> node.type() == OpType.DROPOUT)) {
            return graph;
        }
        GraphBuilder builder = new GraphBuilder();
        List<Node> replaced = new ArrayList<>();
        for (Node node : graph.nodes()) {
            Node[] inputs = node.inputs().stream().map(replaced::get).toArray(Node[]::new);
            replaced.add(
                    node.type() == OpType.DROPOUT
                            ? inputs[0]
                            : builder.add(node.type(), node.attributes(), node.name(), inputs));
        }
        for (Map.Entry<String, Integer> output : graph.outputs().entrySet()) {
            builder.output(output.getKey(), replaced.get(output.getValue()));
        }
        return builder.build();
    }
}
