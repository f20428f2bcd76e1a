package io.nanogpt.impl.graph;

import io.nanogpt.graph.Attributes;
import io.nanogpt.graph.Graph;
import io.nanogpt.graph.GraphBuilder;
import io.nanogpt.graph.Node;
import io.nanogpt.graph.OpType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Graphs for sequences that hold several examples each, one after another. */
public final class Packing {
    /** Operations that read earlier tokens without regard to {@link Graph#POSITIONS}. */
    private static final Set<OpType> ACROSS = Set.of(OpType.LSTM, OpType.DEPTHWISE_CONV, OpType.CAUSAL_CONV);

    private Packing() {}

    /**
     * Returns a model's graph with the input {@link Graph#POSITIONS}.
     *
     * @throws IllegalArgumentException if an operation other than attention reads earlier tokens
     */
    public static Graph of(Graph model) {
        for (Node node : model.nodes()) {
            if (readsEarlierTokens(node)) {
                throw new IllegalArgumentException("examples cannot be packed for this model: " + node.name() + " ("
                        + node.type()
                        + ") reads earlier tokens, which could be those of another example; train it without"
                        + " packing");
            }
        }
        GraphBuilder builder = new GraphBuilder();
        // First: programs read it before every operation that restarts.
        builder.input(Graph.POSITIONS);
        List<Node> copies = new ArrayList<>();
        for (Node node : model.nodes()) {
            Node[] inputs = node.inputs().stream().map(copies::get).toArray(Node[]::new);
            copies.add(builder.add(node.type(), node.attributes(), node.name(), inputs));
        }
        model.outputs().forEach((name, id) -> builder.output(name, copies.get(id)));
        return builder.build();
    }

    /** Whether attention alone reads earlier tokens. */
    public static boolean isPossible(Graph model) {
        return model.nodes().stream().noneMatch(Packing::readsEarlierTokens);
    }

    /** Whether a graph has packed sequences. */
    public static boolean isPacked(Graph graph) {
        return graph.nodes().stream()
                .anyMatch(node -> node.type() == OpType.INPUT && node.name().equals(Graph.POSITIONS));
    }

    private static boolean readsEarlierTokens(Node node) {
        if (node.attributes() instanceof Attributes.Embedding embedding) {
            return embedding.shift() > 0 || embedding.order() > 1;
        }
        return ACROSS.contains(node.type())
                || (node.attributes() instanceof Attributes.OneHot oneHot && oneHot.window() > 1);
    }
}
