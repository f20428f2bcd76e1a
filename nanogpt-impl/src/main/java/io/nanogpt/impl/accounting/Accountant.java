package io.nanogpt.impl.accounting;

import io.nanogpt.accounting.Account;
import io.nanogpt.accounting.Account.Component;
import io.nanogpt.graph.Attributes;
import io.nanogpt.graph.Graph;
import io.nanogpt.graph.Node;
import io.nanogpt.graph.OpType;
import io.nanogpt.graph.Shape;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Counts the parameters, FLOPs and activations of a model's graph. */
public final class Accountant {
    private final Graph graph;
    private final long length;
    private final Components components;
    private final Map<Component, Long> parameters = new EnumMap<>(Component.class);
    private final Map<Component, Long> flops = new EnumMap<>(Component.class);
    private long activations;

    private Accountant(Graph graph, int length) {
        this.graph = graph;
        this.length = length;
        this.components = new Components(graph);
    }

    /**
     * Counts a model's costs.
     *
     * @param contextLength tokens per sequence
     */
    public static Account account(Graph model, int contextLength) {
        if (contextLength < 1) {
            throw new IllegalArgumentException("contextLength must be at least 1, but is " + contextLength);
        }
        try {
            return new Accountant(model, contextLength).count();
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(
                    "sequences of " + contextLength + " tokens cost this model more than " + Long.MAX_VALUE
                            + " operations or numbers; choose smaller sizes",
                    e);
        }
    }

    private Account count() {
        for (Node node : graph.nodes()) {
            if (node.type() == OpType.PARAMETER) {
                parameters.merge(components.ofParameter(node), node.shape().elements(), Math::addExact);
            }
            countFlops(node);
            activations = Math.addExact(activations, kept(node));
        }
        // Cross entropy keeps the probabilities of the whole vocabulary.
        activations = Math.addExact(
                activations, length * graph.output(Graph.LOGITS).shape().features());
        List<Account.Part> parts = new ArrayList<>();
        for (Component component : Component.values()) {
            long own = parameters.getOrDefault(component, 0L);
            long work = flops.getOrDefault(component, 0L);
            if (own > 0 || work > 0) {
                parts.add(new Account.Part(component, own, work));
            }
        }
        return new Account(Math.toIntExact(length), parts, activations);
    }

    private void countFlops(Node node) {
        switch (node.type()) {
            case LINEAR -> add(components.of(node), matrix(node, 1));
            case LSTM -> add(Component.RECURRENCE, matrix(node, 1));
            // A gather adds one row of the weight's transpose for each token of the window.
            case ONE_HOT_LINEAR ->
                add(Component.MLP, Math.multiplyExact(length * ((Attributes.OneHot) node.attributes()).window(), (long)
                        node.shape().features()));
            case DEPTHWISE_CONV ->
                add(
                        Component.CONVOLUTION,
                        Math.multiplyExact(
                                2 * length, graph.node(node.input(1)).shape().elements()));
            case CAUSAL_CONV -> add(Component.CONVOLUTION, matrix(node, 1));
            case ATTENTION -> {
                long window = ((Attributes.Attention) node.attributes()).window();
                long keys = window == 0 ? length : Math.min(length, window);
                long each = Math.multiplyExact(
                        2 * length * keys, (long) node.shape().features());
                add(Component.SCORES, each);
                add(Component.VALUES, each);
            }
            case INPUT,
                    PARAMETER,
                    EMBEDDING,
                    ADD_POSITIONS,
                    ADD_SINUSOIDS,
                    ADD,
                    MULTIPLY,
                    SCALE,
                    CONSTANT_SCALE,
                    CONCAT,
                    LAYER_NORM,
                    RMS_NORM,
                    HEAD_NORM,
                    GELU,
                    GELU_TANH,
                    RELU,
                    RELU_SQUARED,
                    SILU,
                    ROTARY,
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
                    CROSS_ENTROPY_GRAD -> {}
        }
    }

    /** Activations of a node that the forward pass keeps for the backward pass. */
    private long kept(Node node) {
        return switch (node.type()) {
            case EMBEDDING,
                    ONE_HOT_LINEAR,
                    LINEAR,
                    MULTIPLY,
                    SCALE,
                    LAYER_NORM,
                    RMS_NORM,
                    HEAD_NORM,
                    GELU,
                    GELU_TANH,
                    RELU,
                    RELU_SQUARED,
                    SILU,
                    CAUSAL_CONV,
                    SOFT_CAP,
                    DEPTHWISE_CONV -> length * node.shape().features();
            case ATTENTION -> {
                long heads = ((Attributes.Attention) node.attributes()).heads();
                yield Math.addExact(length * node.shape().features(), Math.multiplyExact(heads * length, length));
            }
            // The hidden state and the cell; the gates overwrite the input's linear layer.
            case LSTM -> 2 * length * node.shape().features();
            case INPUT,
                    PARAMETER,
                    ADD_POSITIONS,
                    ADD_SINUSOIDS,
                    ADD,
                    CONCAT,
                    CONSTANT_SCALE,
                    ROTARY,
                    ATTENTION_PROBABILITIES,
                    DROPOUT,
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
                    CROSS_ENTROPY_GRAD -> 0;
        };
    }

    /** FLOPs of multiplying every row of a sequence by a matrix. */
    private long matrix(Node node, int weight) {
        Shape shape = graph.node(node.input(weight)).shape();
        return Math.multiplyExact(2 * length, shape.elements());
    }

    private void add(Component component, long work) {
        flops.merge(component, work, Math::addExact);
    }
}
