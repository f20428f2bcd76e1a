package io.nanogpt.impl.cpu;

import io.nanogpt.graph.Attributes;
import io.nanogpt.graph.Graph;
import io.nanogpt.graph.Node;
import io.nanogpt.graph.OpType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Lowers attention and its gradient. */
final class AttentionCompiler {
    /**
     * The probabilities of a layer are kept for its gradient up to sequences of this many tokens for a feature of a
     * head. They then take as much memory as this many tensors as wide as the model. Those of longer sequences are
     * computed again: with four tokens for a feature, keeping them was no faster.
     */
    private static final int KEPT_TOKENS = 2;

    private final Graph graph;
    private final Fusion fusion;
    private final TensorLayout layout;
    private final int rows;
    private final int length;
    private final List<Operation> operations;
    /** By the id of the node of attention. */
    private final Map<Integer, AttentionOperations.Kept> kept = new HashMap<>();

    /**
     * For one plan.
     *
     * @param rows of a micro-batch at most
     * @param length tokens of a sequence at most
     */
    AttentionCompiler(
            Graph graph, Fusion fusion, TensorLayout layout, int rows, int length, List<Operation> operations) {
        this.graph = graph;
        this.fusion = fusion;
        this.layout = layout;
        this.rows = rows;
        this.length = length;
        this.operations = operations;
    }

    /** Attention over whole sequences. */
    void forward(Node node, Node destination) {
        AttentionOperations attention = operations(node, graph.node(node.input(0)));
        int packed = layout.offsetOf(node, 0);
        layout.requireScratch(attention.forwardScratch(length));
        int out = layout.allocate(destination);
        AttentionOperations.Kept probabilities = AttentionOperations.Kept.NOTHING;
        if (fusion.isReadBy(node.id(), OpType.ATTENTION_GRAD) && length <= KEPT_TOKENS * attention.headSize) {
            probabilities = new AttentionOperations.Kept(layout.allocate(size(attention)), length);
            kept.put(node.id(), probabilities);
        }
        operations.add(attention.forward(packed, out, probabilities));
    }

    /** The gradient of {@link #forward}. */
    void backward(Node node, Node destination) {
        AttentionOperations attention = operations(node, node);
        layout.requireScratch(attention.backwardScratch(length));
        int dy = layout.offsetOf(node, 0);
        int packed = layout.offsetOf(node, 1);
        int y = layout.offsetOf(node, 2);
        AttentionOperations.Kept probabilities = kept.getOrDefault(node.input(2), AttentionOperations.Kept.NOTHING);
        operations.add(attention.backward(dy, packed, y, layout.allocate(destination), probabilities));
        if (probabilities.any()) {
            layout.release(probabilities.offset(), size(attention));
        }
    }

    /** The attention probabilities as an output. */
    void probabilities(Node node, Node destination) {
        AttentionOperations attention = operations(node, graph.node(node.input(0)));
        layout.requireScratch(attention.forwardScratch(length));
        operations.add(attention.probabilities(layout.offsetOf(node, 0), layout.allocate(destination)));
    }

    /** Attention of new rows of growing sequences, of which {@code capacity} is the greatest length. */
    void cached(Node node, Node destination, List<SequenceState.Spec> states, int capacity) {
        AttentionOperations attention = operations(node, graph.node(node.input(0)));
        layout.requireScratch(attention.forwardScratch(length));
        int state = states.size();
        states.addAll(List.of(attention.keys(), attention.values()));
        int packed = layout.offsetOf(node, 0);
        operations.add(attention.cached(packed, layout.allocate(destination), state, capacity));
    }

    private AttentionOperations operations(Node node, Node packed) {
        return new AttentionOperations((Attributes.Attention) node.attributes(), layout.width(packed));
    }

    private int size(AttentionOperations attention) {
        return Math.multiplyExact(Math.multiplyExact(rows, attention.heads), length);
    }
}
