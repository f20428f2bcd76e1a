package io.nanogpt.impl.graph;

import io.nanogpt.graph.Attributes;
import io.nanogpt.graph.Graph;
import io.nanogpt.graph.Node;

/**
 * The state of a sequence that decoding a graph token by token needs.
 *
 * @param tokens the number of previous token ids that the operations read
 * @param absolute whether an operation depends on the position in the sequence, and not on distances alone
 * @param unbounded whether no other state grows with the sequence or depends on the position, so that its length has no
 *     limit
 */
public record SequenceMemory(int tokens, boolean absolute, boolean unbounded) {
    /** The state of an operation without any. */
    private static final SequenceMemory NONE = new SequenceMemory(0, false, true);

    /** Returns the state of a graph from tokens to logits. */
    public static SequenceMemory of(Graph graph) {
        return graph.nodes().stream().map(SequenceMemory::of).reduce(NONE, SequenceMemory::and);
    }

    private SequenceMemory and(SequenceMemory other) {
        return new SequenceMemory(
                Math.max(tokens, other.tokens), absolute || other.absolute, unbounded && other.unbounded);
    }

    private static SequenceMemory of(Node node) {
        return switch (node.type()) {
            case EMBEDDING -> new SequenceMemory(((Attributes.Embedding) node.attributes()).reach(), false, true);
            case ONE_HOT_LINEAR ->
                new SequenceMemory(((Attributes.OneHot) node.attributes()).window() - 1, false, true);
            case ADD_POSITIONS, ADD_SINUSOIDS, ADD_POSITIONS_GRAD -> new SequenceMemory(0, true, false);
            case ROTARY, ATTENTION, ATTENTION_PROBABILITIES, ATTENTION_GRAD -> new SequenceMemory(0, false, false);
            case INPUT,
                    PARAMETER,
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
                    LSTM,
                    DEPTHWISE_CONV,
                    CAUSAL_CONV,
                    DROPOUT,
                    SOFT_CAP,
                    CROSS_ENTROPY,
                    EMBEDDING_GRAD,
                    ONE_HOT_LINEAR_GRAD,
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
                    LSTM_GRAD,
                    PREVIOUS_ROW,
                    DEPTHWISE_CONV_INPUT_GRAD,
                    CAUSAL_CONV_INPUT_GRAD,
                    DEPTHWISE_CONV_WEIGHT_GRAD,
                    CAUSAL_CONV_WEIGHT_GRAD,
                    GRADIENT_SUM,
                    CROSS_ENTROPY_GRAD -> NONE;
        };
    }
}
