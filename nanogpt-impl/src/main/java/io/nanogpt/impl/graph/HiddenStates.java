package io.nanogpt.impl.graph;

import io.nanogpt.graph.Graph;
import io.nanogpt.graph.GraphBuilder;
import io.nanogpt.graph.Node;
import io.nanogpt.graph.OpType;
import java.util.BitSet;

/** Builds the graph that outputs the hidden states of a model, from which it computes its logits. */
public final class HiddenStates {
    /** The output, {@code (batch, sequence, features)}. */
    public static final String OUTPUT = "hidden";

    private HiddenStates() {}

    /**
     * Returns the inference graph up to the input of the head.
     *
     * @throws UnsupportedOperationException if the logits are not those of a linear layer
     */
    public static Graph of(Graph model) {
        Graph inference = Inference.of(model);
        return upTo(inference, head(inference).input(0), OUTPUT);
    }

    /**
     * The linear layer that computes the logits.
     *
     * @throws UnsupportedOperationException if the logits are not those of a linear layer
     */
    static Node head(Graph inference) {
        Node head = inference.output(Graph.LOGITS);
        while (head.type() == OpType.SOFT_CAP || head.type() == OpType.SCALE || head.type() == OpType.CONSTANT_SCALE) {
            head = inference.node(head.input(0));
        }
        if (head.type() != OpType.LINEAR) {
            throw new UnsupportedOperationException(
                    "hidden states are the inputs of a linear layer that computes the logits,"
                            + " but the last operation of this architecture is " + head.type());
        }
        return head;
    }

    /** The part of a graph that a node is computed from, with the node as its output. */
    static Graph upTo(Graph graph, int last, String output) {
        BitSet needed = Ancestors.of(graph, graph.node(last));
        GraphBuilder builder = new GraphBuilder();
        Node[] copied = new Node[last + 1];
        for (int id = needed.nextSetBit(0); id >= 0; id = needed.nextSetBit(id + 1)) {
            Node node = graph.node(id);
            Node[] inputs = node.inputs().stream().map(input -> copied[input]).toArray(Node[]::new);
            copied[id] = builder.add(node.type(), node.attributes(), node.name(), inputs);
        }
        return builder.output(output, copied[last]).build();
    }
}
