package io.nanogpt.impl.cpu;

import io.nanogpt.graph.Attributes;
import io.nanogpt.graph.Graph;
import io.nanogpt.graph.Node;
import io.nanogpt.graph.OpType;
import io.nanogpt.graph.ParameterSpec;
import java.util.List;

/** Lowers convolutions and their gradients to {@link ConvolutionOperations}. */
final class ConvolutionCompiler {
    private final Graph graph;
    private final CpuParameters parameters;
    private final TensorLayout layout;
    private final List<Operation> operations;
    private final List<SequenceState.Spec> states;

    /**
     * Creates a compiler.
     *
     * @param operations receives the operations
     * @param states receives the arrays of the state of a sequence that is decoded
     */
    ConvolutionCompiler(
            Graph graph,
            CpuParameters parameters,
            TensorLayout layout,
            List<Operation> operations,
            List<SequenceState.Spec> states) {
        this.graph = graph;
        this.parameters = parameters;
        this.layout = layout;
        this.operations = operations;
        this.states = states;
    }

    /** Adds a convolution over windows of embeddings, or its gradient. */
    void depthwise(Node node, Node destination) {
        float[] values = parameters.values();
        int window = input(node, 1).shape().size(2);
        int x = layout.offsetOf(node, 0);
        int weight = parameterOffset(node, 1);
        boolean gradient = node.type() == OpType.DEPTHWISE_CONV_INPUT_GRAD;
        int width = layout.width(gradient ? input(node, 0) : node);
        layout.requireScratch(ConvolutionOperations.scratch(window, width));
        int out = layout.allocate(destination);
        operations.add(
                gradient
                        ? new ConvolutionOperations.DepthwiseConvInputGradient(x, window, values, weight, out, width)
                        : new ConvolutionOperations.DepthwiseConv(
                                x, window, values, weight, parameterOffset(node, 2), out, width));
    }

    /**
     * Adds a convolution along a sequence, or its gradient.
     *
     * @param decoding whether the rows before the new ones are in the state of the sequence
     */
    void causal(Node node, Node destination, boolean decoding) {
        float[] values = parameters.values();
        int x = layout.offsetOf(node, 0);
        int size = ((Attributes.Convolution) node.attributes()).size();
        int weight = parameterOffset(node, 1);
        int out = layout.allocate(destination);
        int width = layout.width(node);
        if (node.type() == OpType.CAUSAL_CONV_INPUT_GRAD) {
            operations.add(new ConvolutionOperations.CausalConvInputGradient(x, size, values, weight, out, width));
        } else if (decoding) {
            int floats = Math.multiplyExact(size - 1, width);
            int before = states.size();
            states.add(new SequenceState.Spec(SequenceState.Kind.LAST, floats));
            operations.add(new ConvolutionOperations.CarriedCausalConv(x, size, values, weight, before, out, width));
        } else {
            operations.add(new ConvolutionOperations.CausalConv(x, size, values, weight, out, width));
        }
    }

    private Node input(Node node, int index) {
        return graph.node(node.input(index));
    }

    private int parameterOffset(Node node, int index) {
        ParameterSpec spec = ((Attributes.Parameter) input(node, index).attributes()).spec();
        return parameters.offset(spec.name());
    }
}
