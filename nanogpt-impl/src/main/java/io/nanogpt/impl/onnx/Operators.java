package io.nanogpt.impl.onnx;

import io.nanogpt.graph.Attributes;
import io.nanogpt.graph.Node;
import io.nanogpt.impl.onnx.OnnxGraph.Attribute;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Maps each operation to ONNX operators: the only place to which a new operation has to be added. */
final class Operators {
    private Operators() {}

    /**
     * Adds the operators of a node and returns the name of their result.
     *
     * @throws UnsupportedOperationException if the operation cannot be part of a decoding graph
     */
    static String emit(Node node, OnnxLowering e) {
        return switch (node.type()) {
            case INPUT -> e.tokens().ids();
            case PARAMETER -> e.weights().plain(node);
            case EMBEDDING -> e.tokens().embedding(node);
            case ONE_HOT_LINEAR -> e.tokens().oneHotLinear(node);
            case ADD_POSITIONS -> e.positions().add(node, e.vector(node, 1));
            case ADD_SINUSOIDS -> e.positions().addSinusoids(node);
            case LINEAR -> linear(node, e);
            case ADD -> e.residuals().add(node);
            case MULTIPLY -> e.add(node, "Mul", e.value(node, 0), e.value(node, 1));
            case CONCAT -> concat(node, e);
            case LAYER_NORM ->
                node.inputs().size() > 2
                        ? norm(node, "LayerNormalization", e, e.vector(node, 1), e.vector(node, 2))
                        : norm(node, "LayerNormalization", e, e.vector(node, 1));
            case RMS_NORM ->
                norm(node, "RMSNormalization", e, node.inputs().size() > 1 ? e.vector(node, 1) : e.ones(node));
            case HEAD_NORM -> headNorm(node, e);
            case SCALE -> scale(node, e);
            case CONSTANT_SCALE -> {
                String factor = e.onnx().scalar(((Attributes.Constant) node.attributes()).factor());
                yield e.add(node, "Mul", e.value(node, 0), factor);
            }
            case GELU -> e.add(node, "Gelu", e.value(node, 0));
            case GELU_TANH ->
                e.onnx().add("Gelu", e.name(node), List.of(e.value(node, 0)), Attribute.of("approximate", "tanh"));
            case RELU -> e.add(node, "Relu", e.value(node, 0));
            case RELU_SQUARED -> {
                String positive = e.onnx().add("Relu", e.name(node) + "/positive", List.of(e.value(node, 0)));
                yield e.add(node, "Mul", positive, positive);
            }
            case SOFT_CAP -> {
                String cap = e.onnx().scalar(((Attributes.SoftCap) node.attributes()).cap());
                String share = e.onnx().add("Div", e.name(node) + "/share", List.of(e.value(node, 0), cap));
                String limited = e.onnx().add("Tanh", e.name(node) + "/limited", List.of(share));
                yield e.add(node, "Mul", limited, cap);
            }
            case SILU -> {
                String gate = e.onnx().add("Sigmoid", e.name(node) + "/gate", List.of(e.value(node, 0)));
                yield e.add(node, "Mul", e.value(node, 0), gate);
            }
            case ROTARY -> e.positions().rotate(node);
            case ATTENTION -> new AttentionOperators(e).packed(node);
            case LSTM -> new LstmOperators(e).emit(node);
            case DEPTHWISE_CONV -> depthwiseConv(node, e);
            case CAUSAL_CONV -> new CausalConvOperators(e).emit(node);
            case DROPOUT -> e.value(node, 0);
            case ATTENTION_PROBABILITIES ->
                throw new UnsupportedOperationException(node.name()
                        + " is only for inspection and is not exported; export the graph of the model itself");
            case CROSS_ENTROPY,
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
                    CROSS_ENTROPY_GRAD ->
                throw new UnsupportedOperationException(node.name() + " (" + node.type()
                        + ") is used only in training; export the graph of the model, without its loss and gradients");
        };
    }

    /** The features in groups of as many as there are numbers. */
    private static String scale(Node node, OnnxLowering e) {
        int size = e.input(node, 1).shape().size(0);
        int features = node.shape().features();
        if (size == 1 || size == features) {
            return e.add(node, "Mul", e.value(node, 0), e.vector(node, 1));
        }
        OnnxGraph onnx = e.onnx();
        String name = e.name(node);
        String groups = onnx.add(
                "Reshape", name + "/groups", List.of(e.value(node, 0), onnx.axes(0, 0, features / size, size)));
        String scaled = onnx.add("Mul", name + "/scaled", List.of(groups, e.vector(node, 1)));
        return onnx.add("Reshape", name, List.of(scaled, onnx.axes(0, 0, features)));
    }

    private static String linear(Node node, OnnxLowering e) {
        if (node.inputs().size() == 2) {
            return e.weights().multiply(e.value(node, 0), e.input(node, 1), e.name(node));
        }
        return e.weights().multiplyAndAdd(e.value(node, 0), e.input(node, 1), e.vector(node, 2), e.name(node));
    }

    private static String concat(Node node, OnnxLowering e) {
        List<String> parts = IntStream.range(0, node.inputs().size())
                .mapToObj(part -> e.value(node, part))
                .toList();
        return e.onnx().add("Concat", e.name(node), parts, Attribute.of("axis", -1));
    }

    private static String norm(Node node, String operator, OnnxLowering e, String... parameters) {
        String x = e.value(node, 0);
        if (e.isDefined(node)) {
            return e.value(node);
        }
        List<String> operands = new ArrayList<>(List.of(x));
        operands.addAll(List.of(parameters));
        return e.onnx()
                .add(
                        operator,
                        e.name(node),
                        operands,
                        Attribute.of("axis", -1),
                        Attribute.of("epsilon", ((Attributes.Norm) node.attributes()).epsilon()));
    }

    /** The first heads as rows of their own, normalised; the features after them pass through. */
    private static String headNorm(Node node, OnnxLowering e) {
        Attributes.HeadNorm norm = (Attributes.HeadNorm) node.attributes();
        OnnxGraph onnx = e.onnx();
        String name = e.name(node);
        int normed = norm.heads() * norm.headSize();
        int rest = node.shape().features() - normed;
        String first = e.value(node, 0);
        if (rest > 0) {
            onnx.add(
                    OnnxGraph.STANDARD,
                    "Split",
                    List.of(name + "/first", name + "/rest"),
                    List.of(first, onnx.axes(normed, rest)),
                    Attribute.of("axis", -1));
            first = name + "/first";
        }
        String heads =
                onnx.add("Reshape", name + "/heads", List.of(first, onnx.axes(0, 0, norm.heads(), norm.headSize())));
        String scaled = onnx.add(
                "RMSNormalization",
                name + "/scaled",
                List.of(heads, e.ones(norm.headSize())),
                Attribute.of("axis", -1),
                Attribute.of("epsilon", norm.epsilon()));
        String rows = rest > 0 ? name + "/rows" : name;
        onnx.add("Reshape", rows, List.of(scaled, onnx.axes(0, 0, normed)));
        return rest > 0 ? onnx.add("Concat", name, List.of(rows, name + "/rest"), Attribute.of("axis", -1)) : rows;
    }

    /** Rows side by side, {@code (B, T, k D)}, times the filter's transpose, {@code (k, D)}, summed over k. */
    private static String depthwiseConv(Node node, OnnxLowering e) {
        OnnxGraph onnx = e.onnx();
        String name = e.name(node);
        Node weight = e.input(node, 1);
        int features = weight.shape().size(0);
        int window = weight.shape().size(2);
        String rows = onnx.add("Reshape", name + "/rows", List.of(e.value(node, 0), onnx.axes(0, 0, window, features)));
        String filter = e.weights().columnMajor(weight, features);
        String products = onnx.add("Mul", name + "/products", List.of(rows, filter));
        String sums =
                onnx.add("ReduceSum", name + "/sums", List.of(products, onnx.axes(2)), Attribute.of("keepdims", 0));
        return e.add(node, "Add", sums, e.vector(node, 2));
    }
}
