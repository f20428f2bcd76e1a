package io.nanogpt.impl.graph;

import io.nanogpt.graph.Attributes;
import io.nanogpt.graph.Graph;
import io.nanogpt.graph.GraphBuilder;
import io.nanogpt.graph.Node;
import io.nanogpt.graph.OpType;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reverse-mode differentiation as one pass from graph to graph: one rule per operation. Backends never differentiate.
 */
public final class Gradients {
    private final GraphBuilder builder;
    private final Graph forward;
    private final @Nullable Node[] gradients;
    /** Whether a node is a parameter that is trained, or depends on one. */
    private final boolean[] trained;

    private Gradients(Graph forward) {
        this.forward = forward;
        this.builder = GraphBuilder.extend(forward);
        this.gradients = new @Nullable Node[forward.nodes().size()];
        this.trained = new boolean[gradients.length];
        for (Node node : forward.nodes()) {
            trained[node.id()] = node.type() == OpType.PARAMETER
                    ? !((Attributes.Parameter) node.attributes()).spec().frozen()
                    : node.inputs().stream().anyMatch(input -> trained[input]);
        }
    }

    /** The name of the output with the gradient of a parameter. */
    public static String output(String parameter) {
        return Graph.gradientOutput(parameter);
    }

    /** The parameter of a gradient output. */
    public static String parameter(String output) {
        return output.substring(output("").length());
    }

    /** Whether an output of a training graph is a gradient. */
    public static boolean isGradient(String output) {
        return output.startsWith(output(""));
    }

    /** Returns a model's inference graph with one output, the mean cross entropy against {@link Graph#TARGETS}. */
    public static Graph loss(Graph model) {
        return withLoss(Inference.of(model));
    }

    /** Returns a model's graph with its loss and the gradient of the loss for every parameter that is not frozen as outputs. */
    public static Graph training(Graph model) {
        return new Gradients(withLoss(model)).differentiate();
    }

    private static Graph withLoss(Graph model) {
        GraphBuilder builder = GraphBuilder.extend(new Graph(model.nodes(), Map.of()));
        Node targets = builder.input(Graph.TARGETS);
        return builder.output(Graph.LOSS, builder.crossEntropy(model.output(Graph.LOGITS), targets))
                .build();
    }

    private Graph differentiate() {
        Node loss = forward.output(Graph.LOSS);
        accumulate(
                loss.input(0),
                () -> add(OpType.CROSS_ENTROPY_GRAD, loss, forward.node(loss.input(0)), forward.node(loss.input(1))));
        for (int id = forward.nodes().size() - 1; id >= 0; id--) {
            Node gradient = gradients[id];
            if (gradient != null) {
                propagate(forward.node(id), gradient);
            }
        }
        return builder.build();
    }

    /** Adds to the gradients of a node's inputs; {@code dy} is the gradient of the node itself. */
    private void propagate(Node node, Node dy) {
        switch (node.type()) {
            case INPUT -> {}
            case PARAMETER -> builder.output(output(node.name()), dy);
            case ADD -> {
                accumulate(node.input(0), () -> dy);
                accumulate(node.input(1), () -> dy);
            }
            case EMBEDDING -> accumulate(node.input(1), () -> add(OpType.EMBEDDING_GRAD, node, input(node, 0), dy));
            case ADD_POSITIONS -> {
                accumulate(node.input(1), () -> add(OpType.ADD_POSITIONS_GRAD, node, dy));
                accumulate(node.input(0), () -> dy);
            }
            case ADD_SINUSOIDS -> accumulate(node.input(0), () -> dy);
            case ONE_HOT_LINEAR -> {
                accumulate(node.input(2), () -> add(OpType.SUM_ROWS, node, dy));
                accumulate(node.input(1), () -> add(OpType.ONE_HOT_LINEAR_GRAD, node, input(node, 0), dy));
            }
            case MULTIPLY -> {
                accumulate(node.input(0), () -> builder.multiply(dy, input(node, 1)));
                accumulate(node.input(1), () -> builder.multiply(dy, input(node, 0)));
            }
            case CONCAT -> propagateConcat(node, dy);
            case LINEAR -> {
                if (node.inputs().size() == 3) {
                    accumulate(node.input(2), () -> add(OpType.SUM_ROWS, node, dy));
                }
                accumulate(node.input(1), () -> add(OpType.LINEAR_WEIGHT_GRAD, node, dy, input(node, 0)));
                accumulate(node.input(0), () -> add(OpType.LINEAR_INPUT_GRAD, node, dy, input(node, 1)));
            }
            case LAYER_NORM -> {
                if (node.inputs().size() == 3) {
                    accumulate(node.input(2), () -> add(OpType.SUM_ROWS, node, dy));
                }
                accumulate(node.input(1), () -> add(OpType.LAYER_NORM_WEIGHT_GRAD, node, dy, input(node, 0)));
                accumulate(
                        node.input(0),
                        () -> add(OpType.LAYER_NORM_INPUT_GRAD, node, dy, input(node, 0), input(node, 1)));
            }
            case RMS_NORM -> {
                if (node.inputs().size() == 1) {
                    accumulate(node.input(0), () -> add(OpType.RMS_NORM_INPUT_GRAD, node, dy, input(node, 0)));
                    return;
                }
                accumulate(node.input(1), () -> add(OpType.RMS_NORM_WEIGHT_GRAD, node, dy, input(node, 0)));
                accumulate(
                        node.input(0), () -> add(OpType.RMS_NORM_INPUT_GRAD, node, dy, input(node, 0), input(node, 1)));
            }
            case HEAD_NORM -> accumulate(node.input(0), () -> add(OpType.HEAD_NORM_GRAD, node, dy, input(node, 0)));
            case SCALE -> {
                accumulate(
                        node.input(1),
                        () -> builder.add(
                                OpType.SCALE_WEIGHT_GRAD,
                                input(node, 1).attributes(),
                                node.name() + ":scale_weight_grad",
                                dy,
                                input(node, 0)));
                accumulate(node.input(0), () -> builder.scale(dy, input(node, 1)));
            }
            case CONSTANT_SCALE -> accumulate(node.input(0), () -> add(OpType.CONSTANT_SCALE, node, dy));
            case GELU -> accumulate(node.input(0), () -> add(OpType.GELU_GRAD, node, dy, input(node, 0)));
            case GELU_TANH -> accumulate(node.input(0), () -> add(OpType.GELU_TANH_GRAD, node, dy, input(node, 0)));
            case SILU -> accumulate(node.input(0), () -> add(OpType.SILU_GRAD, node, dy, input(node, 0)));
            case RELU -> accumulate(node.input(0), () -> add(OpType.RELU_GRAD, node, dy, input(node, 0)));
            case RELU_SQUARED ->
                accumulate(node.input(0), () -> add(OpType.RELU_SQUARED_GRAD, node, dy, input(node, 0)));
            case SOFT_CAP -> accumulate(node.input(0), () -> add(OpType.SOFT_CAP_GRAD, node, dy, node));
            case ATTENTION ->
                accumulate(node.input(0), () -> add(OpType.ATTENTION_GRAD, node, dy, input(node, 0), node));
            case ROTARY ->
                accumulate(node.input(0), () -> builder.rotary(dy, ((Attributes.Rotary) node.attributes()).inverted()));
            case LSTM -> propagateLstm(node, dy);
            case DEPTHWISE_CONV -> {
                accumulate(node.input(2), () -> add(OpType.SUM_ROWS, node, dy));
                accumulate(node.input(1), () -> add(OpType.DEPTHWISE_CONV_WEIGHT_GRAD, node, dy, input(node, 0)));
                accumulate(node.input(0), () -> add(OpType.DEPTHWISE_CONV_INPUT_GRAD, node, dy, input(node, 1)));
            }
            case CAUSAL_CONV -> {
                accumulate(node.input(1), () -> add(OpType.CAUSAL_CONV_WEIGHT_GRAD, node, dy, input(node, 0)));
                accumulate(node.input(0), () -> add(OpType.CAUSAL_CONV_INPUT_GRAD, node, dy, input(node, 1)));
            }
            case ATTENTION_PROBABILITIES ->
                throw new UnsupportedOperationException(node.name() + " is for inspection only and has no gradient");
            case DROPOUT -> accumulate(node.input(0), () -> add(OpType.DROPOUT, node, dy));
            case CROSS_ENTROPY -> throw new IllegalStateException("the loss cannot be the input of another operation");
            case EMBEDDING_GRAD,
                    ONE_HOT_LINEAR_GRAD,
                    ADD_POSITIONS_GRAD,
                    LINEAR_INPUT_GRAD,
                    LINEAR_WEIGHT_GRAD,
                    SCALE_WEIGHT_GRAD,
                    SUM_ROWS,
                    LAYER_NORM_INPUT_GRAD,
                    LAYER_NORM_WEIGHT_GRAD,
                    RMS_NORM_INPUT_GRAD,
                    HEAD_NORM_GRAD,
                    RMS_NORM_WEIGHT_GRAD,
                    SLICE,
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
                    CROSS_ENTROPY_GRAD ->
                throw new UnsupportedOperationException(
                        "second derivatives are not supported: " + node.name() + " is a gradient already");
        }
    }

    private void propagateConcat(Node node, Node dy) {
        int end = 0;
        for (int input : node.inputs()) {
            int from = end;
            int size = forward.node(input).shape().features();
            accumulate(
                    input,
                    () -> builder.add(OpType.SLICE, new Attributes.Slice(from, size), node.name() + ":slice", dy));
            end += size;
        }
    }

    /** The recurrent weight multiplies the hidden state of the previous token. */
    private void propagateLstm(Node node, Node dy) {
        Node gates = add(OpType.LSTM_GRAD, node, dy, input(node, 0), input(node, 1), input(node, 2), node);
        accumulate(node.input(2), () -> add(OpType.SUM_ROWS, node, gates));
        Node before = add(OpType.PREVIOUS_ROW, node, node);
        accumulate(node.input(1), () -> add(OpType.LINEAR_WEIGHT_GRAD, node, gates, before));
        accumulate(node.input(0), () -> gates);
    }

    private Node input(Node node, int index) {
        return forward.node(node.input(index));
    }

    private Node add(OpType type, Node of, Node... inputs) {
        Attributes attributes = of.attributes();
        return builder.add(type, attributes, of.name() + ":" + type.name().toLowerCase(java.util.Locale.ROOT), inputs);
    }

    /** Adds a gradient of a node, unless none of the parameters that it depends on is trained. */
    private void accumulate(int id, Supplier<Node> gradient) {
        if (!trained[id]) {
            return;
        }
        Node next = gradient.get();
        Node before = gradients[id];
        if (before == null) {
            gradients[id] = next;
        } else if (forward.node(id).type() == OpType.PARAMETER) {
            gradients[id] = builder.add(OpType.GRADIENT_SUM, Attributes.NONE, "gradient-sum", before, next);
        } else {
            gradients[id] = builder.add(before, next);
        }
    }
}
