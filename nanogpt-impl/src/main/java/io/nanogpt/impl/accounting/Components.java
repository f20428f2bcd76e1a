package io.nanogpt.impl.accounting;

import io.nanogpt.accounting.Account.Component;
import io.nanogpt.graph.Attributes;
import io.nanogpt.graph.Graph;
import io.nanogpt.graph.Node;
import io.nanogpt.graph.OpType;
import io.nanogpt.impl.graph.Head;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Assigns nodes to components by their neighbours alone, so that it works for any architecture. */
final class Components {
    private final Graph graph;
    /** What stands between the projection to queries, keys or values and attention. */
    private static final List<OpType> BEFORE_ATTENTION = List.of(
            OpType.CONCAT, OpType.ADD, OpType.RMS_NORM, OpType.HEAD_NORM, OpType.SCALE, OpType.ROTARY, OpType.DROPOUT);

    private final Map<Integer, Node> firstReader = new HashMap<>();

    Components(Graph graph) {
        this.graph = graph;
        for (Node node : graph.nodes()) {
            node.inputs().forEach(input -> firstReader.putIfAbsent(input, node));
        }
    }

    /** The component of a linear layer: head if it makes logits, projections next to attention, otherwise MLP. */
    Component of(Node linear) {
        if (Head.of(graph).id() == linear.id()) {
            return Component.HEAD;
        }
        if (readsNgrams(linear)) {
            return Component.EMBEDDINGS;
        }
        OpType next = following(linear);
        if (next == OpType.LSTM) {
            return Component.RECURRENCE;
        }
        return next == OpType.ATTENTION || preceding(linear) == OpType.ATTENTION
                ? Component.PROJECTIONS
                : Component.MLP;
    }

    /** The component of a parameter: that of the first operation that reads it. */
    Component ofParameter(Node parameter) {
        Node reader = firstReader.get(parameter.id());
        if (reader == null) {
            return Component.MLP;
        }
        return switch (reader.type()) {
            case EMBEDDING, ADD_POSITIONS -> Component.EMBEDDINGS;
            case LAYER_NORM, RMS_NORM, SCALE -> Component.NORMS;
            case LSTM -> Component.RECURRENCE;
            case DEPTHWISE_CONV, CAUSAL_CONV -> Component.CONVOLUTION;
            case LINEAR -> of(reader);
            case INPUT,
                    PARAMETER,
                    ONE_HOT_LINEAR,
                    ADD_SINUSOIDS,
                    ADD,
                    MULTIPLY,
                    CONCAT,
                    CONSTANT_SCALE,
                    GELU,
                    GELU_TANH,
                    HEAD_NORM,
                    RELU,
                    RELU_SQUARED,
                    SILU,
                    ROTARY,
                    ATTENTION,
                    ATTENTION_PROBABILITIES,
                    DROPOUT,
                    SOFT_CAP,
                    CROSS_ENTROPY,
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
                    CROSS_ENTROPY_GRAD -> Component.MLP;
        };
    }

    /** The type of a node's first reader, skipping what stands between a projection and attention. */
    private OpType following(Node node) {
        Node next = firstReader.get(node.id());
        while (next != null && BEFORE_ATTENTION.contains(next.type())) {
            next = firstReader.get(next.id());
        }
        return next == null ? OpType.INPUT : next.type();
    }

    /** Whether a linear layer projects the rows of n-gram tables. */
    private boolean readsNgrams(Node linear) {
        Node before = graph.node(linear.input(0));
        Node first = before.type() == OpType.CONCAT ? graph.node(before.input(0)) : before;
        return first.attributes() instanceof Attributes.Embedding embedding && embedding.order() > 1;
    }

    private OpType preceding(Node node) {
        Node before = graph.node(node.input(0));
        while (before.type() == OpType.DROPOUT) {
            before = graph.node(before.input(0));
        }
        return before.type();
    }
}
