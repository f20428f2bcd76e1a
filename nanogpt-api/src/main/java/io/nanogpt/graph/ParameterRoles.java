package io.nanogpt.graph;

import io.nanogpt.graph.ParameterSpec.Role;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds what a graph uses its parameters for, from the first operation that reads each. */
final class ParameterRoles {
    private final Graph graph;
    private final Map<Integer, Node> firstReader = new HashMap<>();
    private final Set<Integer> heads = new HashSet<>();
    /** The parameters that only embeddings of n-grams read. */
    private final Set<Integer> ngramTables = new HashSet<>();

    ParameterRoles(Graph graph) {
        this.graph = graph;
        for (Node node : graph.nodes()) {
            for (int input : node.inputs()) {
                if (firstReader.putIfAbsent(input, node) == null && isNgramTable(node, input)) {
                    ngramTables.add(input);
                } else if (!isNgramTable(node, input)) {
                    ngramTables.remove(input);
                }
            }
            if (node.type() == OpType.CROSS_ENTROPY) {
                findHeads(graph.node(node.input(0)));
            }
        }
        if (graph.outputs().containsKey(Graph.LOGITS)) {
            findHeads(graph.output(Graph.LOGITS));
        }
    }

    private static boolean isNgramTable(Node reader, int input) {
        return reader.type() == OpType.EMBEDDING
                && reader.input(1) == input
                && ((Attributes.Embedding) reader.attributes()).order() > 1;
    }

    /** Follows the logits back, through operations without parameters, to the linear layers that give them. */
    private void findHeads(Node logits) {
        Deque<Node> open = new ArrayDeque<>(List.of(logits));
        Set<Integer> seen = new HashSet<>();
        while (!open.isEmpty()) {
            Node node = open.remove();
            if (!seen.add(node.id())) {
                continue;
            }
            List<Node> inputs = node.inputs().stream().map(graph::node).toList();
            if (inputs.stream().noneMatch(input -> input.type() == OpType.PARAMETER)) {
                open.addAll(inputs);
            } else if (node.type() == OpType.LINEAR) {
                heads.add(node.id());
            }
        }
    }

    /** The parameter with its role and its stacked matrices. */
    ParameterSpec of(Node parameter) {
        ParameterSpec spec = ((Attributes.Parameter) parameter.attributes()).spec();
        Node reader = firstReader.get(parameter.id());
        if (reader == null || spec.shape().rank() != 2) {
            return spec;
        }
        Role role = heads.contains(reader.id()) ? Role.HEAD : role(reader.type());
        if (ngramTables.contains(parameter.id())) {
            role = Role.TABLE;
        }
        return role == Role.HIDDEN ? spec.withRole(role).withMatrixRows(matrixRows(spec, reader)) : spec.withRole(role);
    }

    private static Role role(OpType reader) {
        return switch (reader) {
            case EMBEDDING, ONE_HOT_LINEAR, ADD_POSITIONS -> Role.EMBEDDING;
            case LINEAR, LSTM -> Role.HIDDEN;
            case INPUT,
                    PARAMETER,
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
                    ATTENTION,
                    ATTENTION_PROBABILITIES,
                    DEPTHWISE_CONV,
                    CAUSAL_CONV,
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
                    CROSS_ENTROPY_GRAD -> Role.VECTOR;
        };
    }

    /** Queries, keys and values of attention and the gates of an LSTM are matrices of their own. */
    private List<Integer> matrixRows(ParameterSpec spec, Node reader) {
        int rows = spec.shape().size(0);
        Node node = reader;
        while (node != null && node.type() != OpType.LSTM && node.shape().features() == rows) {
            Node next = firstReader.get(node.id());
            if (next != null && next.type() == OpType.ATTENTION) {
                return packed(rows, (Attributes.Attention) next.attributes());
            }
            node = next != null && next.type() != OpType.LINEAR && next.shape().rank() > 0 ? next : null;
        }
        return node != null && node.type() == OpType.LSTM ? Collections.nCopies(4, rows / 4) : List.of(rows);
    }

    private static List<Integer> packed(int rows, Attributes.Attention attention) {
        int size = rows / (attention.heads() + 2 * attention.keyValueHeads());
        List<Integer> parts = new ArrayList<>();
        parts.add(attention.heads() * size);
        parts.add(attention.keyValueHeads() * size);
        parts.add(attention.keyValueHeads() * size);
        return parts;
    }
}
