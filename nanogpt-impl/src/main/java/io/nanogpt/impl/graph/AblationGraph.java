package io.nanogpt.impl.graph;

import io.nanogpt.graph.Attributes;
import io.nanogpt.graph.Graph;
import io.nanogpt.graph.GraphBuilder;
import io.nanogpt.graph.Node;
import io.nanogpt.graph.OpType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Builds the graph of a model some of whose attention heads give zeros to the output projection. */
public final class AblationGraph {
    private AblationGraph() {}

    /**
     * Returns the inference graph without some heads.
     *
     * @param heads for a layer of attention, counted from 0, the heads to leave out
     */
    public static Graph of(Graph model, Map<Integer, Set<Integer>> heads) {
        Graph inference = Inference.of(model);
        if (heads.isEmpty()) {
            return inference;
        }
        List<Node> attentions = AttentionGraph.attentions(inference);
        GraphBuilder builder = new GraphBuilder();
        List<Node> copies = new ArrayList<>();
        for (Node node : inference.nodes()) {
            Node[] inputs = node.inputs().stream().map(copies::get).toArray(Node[]::new);
            Node copy = builder.add(node.type(), node.attributes(), node.name(), inputs);
            int layer = attentions.indexOf(node);
            copies.add(layer < 0 ? copy : without(builder, copy, heads.getOrDefault(layer, Set.of())));
        }
        inference.outputs().forEach((name, id) -> builder.output(name, copies.get(id)));
        return builder.build();
    }

    /** The heads side by side, with zeros in place of some. */
    private static Node without(GraphBuilder builder, Node attention, Set<Integer> heads) {
        int count = ((Attributes.Attention) attention.attributes()).heads();
        int size = attention.shape().features() / count;
        if (heads.isEmpty()) {
            return attention;
        }
        if (heads.size() == count) {
            return builder.scale(attention, 0);
        }
        List<Node> parts = new ArrayList<>();
        int from = 0;
        while (from < count) {
            boolean ablated = heads.contains(from);
            int to = from + 1;
            while (to < count && heads.contains(to) == ablated) {
                to++;
            }
            Node part = builder.add(
                    OpType.SLICE,
                    new Attributes.Slice(from * size, (to - from) * size),
                    attention.name() + ":heads",
                    attention);
            parts.add(ablated ? builder.scale(part, 0) : part);
            from = to;
        }
        return builder.concat(parts.toArray(Node[]::new));
    }
}
