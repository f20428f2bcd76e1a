package io.nanogpt.impl.graph;

import io.nanogpt.graph.Graph;
import io.nanogpt.graph.GraphBuilder;
import io.nanogpt.graph.Node;
import io.nanogpt.graph.OpType;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Builds graphs of the logit lens (nostalgebraist 2020): the final norm and the head of a model, applied to the residual
 * stream before each of its blocks.
 */
public final class LensGraph {
    private LensGraph() {}

    /** The name of the output of a layer in {@link #all}, {@code (batch, sequence, vocabulary)}. */
    public static String output(int layer) {
        return "lens." + layer;
    }

    /**
     * Returns the graph whose output {@link Graph#LOGITS} is that of the lens.
     *
     * @param layer 0 for the stream that the first block reads, 1 for that after the first block, and so on; the number
     *     of layers gives the logits of the model
     * @throws UnsupportedOperationException if the model has no attention, or its logits are not those of a linear layer
     */
    public static Graph of(Graph model, int layer) {
        Graph inference = Inference.of(model);
        Node point = ResidualStream.of(inference).points().get(layer);
        Node logits = inference.output(Graph.LOGITS);
        GraphBuilder builder = GraphBuilder.extend(inference);
        Node lens = tail(inference, builder, point);
        Graph whole = builder.output(Graph.LOGITS, lens).build();
        return lens.id() == logits.id() ? whole : HiddenStates.upTo(whole, lens.id(), Graph.LOGITS);
    }

    /**
     * Returns the inference graph with the lens of every layer but the last as additional outputs.
     *
     * @throws UnsupportedOperationException as {@link #of} does
     */
    public static Graph all(Graph model) {
        Graph inference = Inference.of(model);
        List<Node> points = ResidualStream.of(inference).points();
        GraphBuilder builder = GraphBuilder.extend(inference);
        for (int layer = 0; layer < points.size() - 1; layer++) {
            builder.output(output(layer), tail(inference, builder, points.get(layer)));
        }
        return builder.build();
    }

    /**
     * Checks that a model has a lens.
     *
     * @throws UnsupportedOperationException as {@link #of} does
     */
    public static void require(Graph model) {
        ResidualStream.of(Inference.of(model));
    }

    /** Whether a model has a lens. */
    public static boolean isSupported(Graph model) {
        try {
            require(model);
            return true;
        } catch (UnsupportedOperationException e) {
            return false;
        }
    }

    /** The logits, computed from another point of the stream. */
    private static Node tail(Graph graph, GraphBuilder builder, Node point) {
        List<Node> points = ResidualStream.of(graph).points();
        Node end = points.get(points.size() - 1);
        Node logits = graph.output(Graph.LOGITS);
        Map<Integer, Node> copies = new HashMap<>();
        copies.put(end.id(), point);
        BitSet needed = Ancestors.of(graph, logits);
        for (int id = end.id() + 1; id <= logits.id(); id++) {
            Node node = graph.node(id);
            if (!needed.get(id)) {
                continue;
            }
            boolean changed = node.inputs().stream()
                    .anyMatch(input ->
                            copies.containsKey(input) && copies.get(input).id() != input);
            if (changed && node.type() != OpType.PARAMETER) {
                Node[] inputs = node.inputs().stream()
                        .map(input -> copies.getOrDefault(input, graph.node(input)))
                        .toArray(Node[]::new);
                copies.put(id, builder.add(node.type(), node.attributes(), node.name(), inputs));
            }
        }
        return copies.getOrDefault(logits.id(), logits);
    }
}
