package io.nanogpt.impl.cpu;

import io.nanogpt.graph.Graph;
import io.nanogpt.graph.Node;
import io.nanogpt.graph.OpType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Analysis of a graph before it is compiled: the operations that can be fused, and the last use of each tensor. */
final class Fusion {
    private final Graph graph;
    private final Map<Integer, List<Node>> readers = new HashMap<>();
    private final Map<Integer, Integer> addends = new HashMap<>();
    private final Map<Integer, Integer> target = new HashMap<>();
    private final Set<Integer> derivativesKept = new HashSet<>();
    private final int[] lastUse;

    Fusion(Graph graph) {
        this.graph = graph;
        this.lastUse = new int[graph.nodes().size()];
        for (Node node : graph.nodes()) {
            for (int input : node.inputs()) {
                readers.computeIfAbsent(input, id -> new ArrayList<>()).add(node);
            }
        }
        fuseSums();
        keepDerivatives();
        computeLastUses();
    }

    /** The tensor that a fused sum adds to its other term; null if the sum is not fused. */
    @Nullable
    Integer addend(int sum) {
        return addends.get(sum);
    }

    /** Whether a node is computed as part of the sum that reads it. */
    boolean isFusedIntoConsumer(int id) {
        return target.containsKey(id);
    }

    /** The node to lower for {@code node}: the fused term of a sum, otherwise {@code node} itself. */
    Node computes(Node node) {
        return addends.containsKey(node.id()) ? graph.node(Math.max(node.input(0), node.input(1))) : node;
    }

    /** Whether GELU overwrites this tensor, its input, with its derivative. */
    boolean keepsDerivative(int id) {
        return derivativesKept.contains(id);
    }

    /** The last node that reads a tensor; {@link Integer#MAX_VALUE} if it is needed after all operations. */
    int lastUse(int id) {
        return lastUse[id];
    }

    /** The nodes that read a tensor. */
    List<Node> readers(int id) {
        return readers.getOrDefault(id, List.of());
    }

    /** Whether a node of a type reads a tensor. */
    boolean isReadBy(int id, OpType type) {
        return readers(id).stream().anyMatch(reader -> reader.type() == type);
    }

    /** Fuses {@code a + f(b)} into f, if f supports an addend and its result has no other reader. */
    private void fuseSums() {
        for (Node node : graph.nodes()) {
            if (node.type() != OpType.ADD || node.input(0) == node.input(1)) {
                continue;
            }
            int later = Math.max(node.input(0), node.input(1));
            Node inner = graph.node(later);
            boolean fusable = inner.type() == OpType.LINEAR
                    || inner.type() == OpType.EMBEDDING
                    || inner.type() == OpType.LINEAR_INPUT_GRAD
                    || inner.type() == OpType.LAYER_NORM_INPUT_GRAD
                    || inner.type() == OpType.RMS_NORM_INPUT_GRAD;
            if (fusable && readers(later).size() == 1 && !graph.outputs().containsValue(later)) {
                target.put(later, node.id());
                addends.put(node.id(), Math.min(node.input(0), node.input(1)));
            }
        }
    }

    /** GELU overwrites its input with its derivative, if only its gradient reads that input again. */
    private void keepDerivatives() {
        for (Node node : graph.nodes()) {
            if (node.type() == OpType.GELU) {
                List<Node> of = readers(node.input(0));
                boolean pair = of.size() == 2 && isReadBy(node.input(0), OpType.GELU_GRAD);
                if (pair && !graph.outputs().containsValue(node.input(0))) {
                    derivativesKept.add(node.input(0));
                }
            }
        }
    }

    private void computeLastUses() {
        Arrays.fill(lastUse, -1);
        for (Node node : graph.nodes()) {
            int position = target.getOrDefault(node.id(), node.id());
            for (int input : node.inputs()) {
                lastUse[input] = Math.max(lastUse[input], readsAfterOperations(node) ? Integer.MAX_VALUE : position);
            }
        }
        for (int output : graph.outputs().values()) {
            lastUse[output] = Integer.MAX_VALUE;
        }
    }

    /** Whether a node is a {@link WeightGradientTasks.Task}, which runs after all operations. */
    private static boolean readsAfterOperations(Node node) {
        return switch (node.type()) {
            case LINEAR_WEIGHT_GRAD, EMBEDDING_GRAD, ONE_HOT_LINEAR_GRAD, ADD_POSITIONS_GRAD -> true;
            case SUM_ROWS,
                    SCALE_WEIGHT_GRAD,
                    LAYER_NORM_WEIGHT_GRAD,
                    RMS_NORM_WEIGHT_GRAD,
                    DEPTHWISE_CONV_WEIGHT_GRAD,
                    CAUSAL_CONV_WEIGHT_GRAD,
                    INPUT,
                    PARAMETER,
                    EMBEDDING,
                    ONE_HOT_LINEAR,
                    ADD_POSITIONS,
                    ADD_SINUSOIDS,
                    LINEAR,
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
                    LSTM,
                    DEPTHWISE_CONV,
                    CAUSAL_CONV,
                    DROPOUT,
                    SOFT_CAP,
                    CROSS_ENTROPY,
                    LINEAR_INPUT_GRAD,
                    SLICE,
                    LAYER_NORM_INPUT_GRAD,
                    RMS_NORM_INPUT_GRAD,
                    HEAD_NORM_GRAD,
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
                    GRADIENT_SUM,
                    CROSS_ENTROPY_GRAD -> false;
        };
    }
}
