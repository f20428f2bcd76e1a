package io.nanogpt.impl.graph;

import io.nanogpt.graph.Graph;
import io.nanogpt.graph.Node;
import io.nanogpt.graph.OpType;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * The residual stream of a transformer: the activations to which each block adds its output, and from which the head
 * computes the logits.
 */
final class ResidualStream {
    private final Graph graph;
    /** For each layer of attention, the stream that its block reads, then the stream after the last block. */
    private final List<Node> points;

    private ResidualStream(Graph graph, List<Node> points) {
        this.graph = graph;
        this.points = points;
    }

    /**
     * Finds the stream of an inference graph.
     *
     * @throws UnsupportedOperationException if the model has no attention, or its logits are not those of a linear layer
     */
    static ResidualStream of(Graph inference) {
        List<Node> attentions = AttentionGraph.attentions(inference);
        if (attentions.isEmpty()) {
            throw new UnsupportedOperationException("the logit lens reads the stream between layers of attention, and"
                    + " this architecture has no attention");
        }
        Node last = end(inference);
        BitSet stream = stream(inference, last);
        List<Node> points = new ArrayList<>();
        for (Node attention : attentions) {
            BitSet before = Ancestors.of(inference, attention);
            before.and(stream);
            int point = before.length() - 1;
            if (point < 0
                    || inference.node(point).shape().features() != last.shape().features()) {
                throw new UnsupportedOperationException("the logit lens needs a stream to which every block adds its"
                        + " output, but " + attention.name() + " of this architecture reads another");
            }
            points.add(inference.node(point));
        }
        points.add(last);
        return new ResidualStream(inference, points);
    }

    List<Node> points() {
        return points;
    }

    Graph graph() {
        return graph;
    }

    /** The stream after the last block: the input of the final norm, or of the head where there is none. */
    private static Node end(Graph graph) {
        Node hidden = graph.node(HiddenStates.head(graph).input(0));
        return isNorm(hidden) && !closesBlock(graph, hidden) ? graph.node(hidden.input(0)) : hidden;
    }

    /** Whether a norm at the end is that of the last block, as in a model that norms the sum of each block. */
    private static boolean closesBlock(Graph graph, Node norm) {
        Node sum = graph.node(norm.input(0));
        if (sum.type() != OpType.ADD) {
            return false;
        }
        Node first = graph.node(sum.input(0));
        Node second = graph.node(sum.input(1));
        return (isNorm(first) && Ancestors.of(graph, second).get(first.id()))
                || (isNorm(second) && Ancestors.of(graph, first).get(second.id()));
    }

    private static boolean isNorm(Node node) {
        return node.type() == OpType.LAYER_NORM || node.type() == OpType.RMS_NORM;
    }

    /** The nodes from which the end is computed by sums, norms and scales alone. */
    private static BitSet stream(Graph graph, Node end) {
        BitSet stream = new BitSet();
        stream.set(end.id());
        for (int id = end.id(); id >= 0; id--) {
            if (!stream.get(id)) {
                continue;
            }
            Node node = graph.node(id);
            if (passes(node.type())) {
                node.inputs().stream()
                        .filter(input -> graph.node(input).type() != OpType.PARAMETER)
                        .forEach(stream::set);
            }
        }
        return stream;
    }

    /** Whether the stream goes on before an operation. */
    private static boolean passes(OpType type) {
        return switch (type) {
            case ADD, SCALE, CONSTANT_SCALE, LAYER_NORM, RMS_NORM, ADD_POSITIONS, ADD_SINUSOIDS, DROPOUT -> true;
            case INPUT,
                    PARAMETER,
                    EMBEDDING,
                    ONE_HOT_LINEAR,
                    LINEAR,
                    MULTIPLY,
                    CONCAT,
                    HEAD_NORM,
                    GELU,
                    GELU_TANH,
                    RELU,
                    RELU_SQUARED,
                    SILU,
                    ROTARY,
                    ATTENTION,
                    ATTENTION_PROBABILITIES,
                    LSTM,
                    DEPTHWISE_CONV,
                    CAUSAL_CONV,
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
                    RMS_NORM_WEIGHT_GRAD,
                    HEAD_NORM_GRAD,
                    GELU_GRAD,
                    GELU_TANH_GRAD,
                    RELU_GRAD,
                    RELU_SQUARED_GRAD,
                    SILU_GRAD,
                    ATTENTION_GRAD,
                    LSTM_GRAD,
                    PREVIOUS_ROW,
                    DEPTHWISE_CONV_INPUT_GRAD,
                    DEPTHWISE_CONV_WEIGHT_GRAD,
                    CAUSAL_CONV_INPUT_GRAD,
                    CAUSAL_CONV_WEIGHT_GRAD,
                    SOFT_CAP_GRAD,
                    GRADIENT_SUM,
                    CROSS_ENTROPY_GRAD -> false;
        };
    }
}
