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
        Node head = inference.output(Graph.LOGITS);
        while (head.type() == OpType.SOFT_CAP || head.type() == OpType.SCALE) {
            head = inference.node(head.input(0));
        }
        if (head.type() != OpType.LINEAR) {
            throw new UnsupportedOperationException(
                    "embeddings are the inputs of a linear layer that computes the logits,"
                            + " but the last operation of this architecture is " + head.type());
        }
        return upTo(inference, head.input(0));
    }

    private static Graph upTo(Graph graph, int last) {
        BitSet needed = new BitSet();
        needed.set(last);
        for (int id = last; id >= 0; id--) {
            if (needed.get(id)) {
                graph.node(id).inputs().forEach(needed::set);
            }
        }
        GraphBuilder builder = new GraphBuilder();
        Node[] copied = new Node[last + 1];
        for (int id = needed.nextSetBit(0); id >= 0; id = needed.nextSetBit(id + 1)) {
            Node node = graph.node(id);
            Node[] inputs = node.inputs().stream().map(input -> copied[input]).toArray(Node[]::new);
            copied[id] = builder.add(node.type(), node.attributes(), node.name(), inputs);
        }
        return builder.output(OUTPUT, copied[last]).build();
    }
}
