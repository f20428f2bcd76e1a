package io.nanogpt.impl.onnx;

import io.nanogpt.graph.Node;
import io.nanogpt.graph.OpType;
import io.nanogpt.impl.onnx.OnnxGraph.Attribute;
import java.util.List;

/**
 * Long short-term memory. ONNX's operator takes the input and both weights, so the linear layer before it is fused into
 * it. Its gates are in the order input, output, forget, cell; those of the graph in PyTorch's: input, forget, cell,
 * output.
 */
final class LstmOperators {
    private static final int GATES = 4;
    /** For each gate in ONNX's order, its index in PyTorch's. */
    private static final int[] ORDER = {0, 3, 1, 2};

    private final OnnxLowering e;
    private final OnnxGraph onnx;

    LstmOperators(OnnxLowering e) {
        this.e = e;
        onnx = e.onnx();
    }

    String emit(Node node) {
        Node linear = e.input(node, 0);
        if (linear.type() != OpType.LINEAR) {
            throw new UnsupportedOperationException("an LSTM is exported together with the linear layer that computes"
                    + " its gates, but " + node.name() + " reads " + linear.name() + " (" + linear.type() + ")");
        }
        int width = node.shape().features();
        String name = e.name(node);
        // The first axis is the number of directions.
        List<?> axes = List.of(1, GraphSignature.BATCH, width);
        Cache cache = new Cache(onnx, e.nextCache(), ElementType.FLOAT);
        String steps = onnx.add(
                "Transpose", name + "/steps", List.of(e.value(linear, 0)), Attribute.of("perm", new long[] {1, 0, 2}));
        onnx.add(
                OnnxGraph.STANDARD,
                "LSTM",
                List.of(name + "/hidden", cache.present("hidden", axes), cache.present("cell", axes)),
                List.of(
                        steps,
                        matrix(e.input(linear, 1), name + "/input_weight"),
                        matrix(e.input(node, 1), name + "/recurrent_weight"),
                        biases(linear, node),
                        lengths(),
                        cache.past("hidden", axes),
                        cache.past("cell", axes)),
                Attribute.of("hidden_size", width));
        String hidden = onnx.add("Squeeze", name + "/states", List.of(name + "/hidden", onnx.axes(1)));
        return onnx.add("Transpose", name, List.of(hidden), Attribute.of("perm", new long[] {1, 0, 2}));
    }

    /** The number of tokens of each sequence in this run; padding after them does not change the state. */
    private String lengths() {
        return onnx.input(GraphSignature.RUN_LENGTHS, ElementType.INT32, List.of(GraphSignature.BATCH));
    }

    private String matrix(Node weight, String name) {
        String rows = e.weights().reordered(weight, LstmOperators::gates, name + "/rows");
        return onnx.add("Unsqueeze", name, List.of(rows, onnx.axes(0)));
    }

    /** The biases of the linear layer, zeros if it has none, then those of the recurrence. */
    private String biases(Node linear, Node node) {
        int gates = GATES * node.shape().features();
        Node recurrent = e.input(node, 2);
        return onnx.constant(new Tensor(
                recurrent.name() + "/both", ElementType.FLOAT, Tensor.shape(1, 2 * gates), out -> {
                    boolean biased = linear.inputs().size() == 3;
                    Tensor.write(out, biased ? gates(e.weights().values(e.input(linear, 2))) : new float[gates]);
                    Tensor.write(out, gates(e.weights().values(recurrent)));
                }));
    }

    private static float[] gates(float[] values) {
        float[] ordered = new float[values.length];
        int block = values.length / GATES;
        for (int gate = 0; gate < GATES; gate++) {
            System.arraycopy(values, ORDER[gate] * block, ordered, gate * block, block);
        }
        return ordered;
    }
}
