package io.nanogpt.impl.onnx;

import io.nanogpt.graph.Graph;
import io.nanogpt.graph.Node;
import io.nanogpt.graph.OpType;
import io.nanogpt.impl.graph.AttentionGraph;
import io.nanogpt.impl.graph.Head;
import io.nanogpt.impl.graph.LensGraph;
import io.nanogpt.impl.onnx.OnnxGraph.Attribute;
import io.nanogpt.onnx.OnnxExportOptions;
import io.nanogpt.spi.ParameterSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Lowers a model's graph to ONNX operators, from the logits back to the tokens. Holds what operations share: run-time
 * inputs, caches and weights.
 */
final class OnnxLowering {
    private final Graph graph;
    private final Node logits;
    private final OnnxGraph onnx = new OnnxGraph();
    private final OnnxExportOptions options;
    private final Weights weights;
    private final TokenHistoryOperators tokens;
    private final PositionOperators positions;
    private final Residuals residuals;
    private final Map<Integer, String> values = new HashMap<>();
    private int caches;

    /** Whether attention has its weights as outputs, and factors of its heads as inputs. */
    private final boolean inspection;

    OnnxLowering(Graph graph, ParameterSource parameters, OnnxExportOptions options, int contextLength) {
        this(graph, parameters, options, contextLength, false);
    }

    private OnnxLowering(
            Graph graph, ParameterSource parameters, OnnxExportOptions options, int contextLength, boolean inspection) {
        this.graph = graph;
        this.options = options;
        this.inspection = inspection;
        logits = graph.output(Graph.LOGITS);
        weights = new Weights(graph, onnx, parameters, MatrixFormat.of(options));
        tokens = new TokenHistoryOperators(this, graph);
        positions = new PositionOperators(this, contextLength);
        residuals = new Residuals(this, graph);
    }

    /** Lowers a graph, which may have the outputs of the lens, to standard operators. */
    static OnnxLowering forInspection(Graph graph, ParameterSource parameters, int contextLength) {
        OnnxExportOptions options = OnnxExportOptions.of(OnnxExportOptions.Flavour.PORTABLE);
        return new OnnxLowering(graph, parameters, options, contextLength, true);
    }

    /** Adds every operation that the logits and the lens need. */
    OnnxGraph emitInspection() {
        emit();
        for (int layer = 0; graph.outputs().containsKey(LensGraph.output(layer)); layer++) {
            Node lens = graph.output(LensGraph.output(layer));
            Node head = lens.type() == OpType.SOFT_CAP ? input(lens, 0) : lens;
            String output = GraphSignature.LENS + layer;
            if (head.type() == OpType.LINEAR) {
                Node hidden = input(head, 0);
                define(hidden, select(value(hidden), GraphSignature.LOGITS_POSITIONS, name(hidden) + "/selected"));
                onnx.add("Identity", output, List.of(value(lens)));
            } else {
                select(value(lens), GraphSignature.LOGITS_POSITIONS, output);
            }
            onnx.output(output, ElementType.FLOAT, selectedLogits());
        }
        return onnx;
    }

    private List<?> selectedLogits() {
        return List.of(
                GraphSignature.BATCH, GraphSignature.SELECTED, logits.shape().features());
    }

    /** Adds every operation that the logits need. */
    OnnxGraph emit() {
        if (genAi()) {
            String all = value(logits);
            if (!selectsEarly()) {
                onnx.add("Identity", GraphSignature.LOGITS, List.of(all));
            }
            onnx.output(
                    GraphSignature.LOGITS,
                    ElementType.FLOAT,
                    List.of(
                            GraphSignature.BATCH,
                            GraphSignature.SEQUENCE,
                            logits.shape().features()));
            return onnx;
        }
        String selection =
                onnx.input(GraphSignature.LOGITS_POSITIONS, ElementType.INT64, List.of(GraphSignature.SELECTED));
        if (selectsEarly()) {
            // Only the selected rows go through the largest matrix.
            Node hidden = input(Head.of(graph), 0);
            define(hidden, select(value(hidden), selection, name(hidden) + "/selected"));
            value(logits);
        } else {
            select(value(logits), selection, GraphSignature.LOGITS);
        }
        onnx.output(GraphSignature.LOGITS, ElementType.FLOAT, selectedLogits());
        return onnx;
    }

    private boolean selectsEarly() {
        return Head.of(graph).type() == OpType.LINEAR;
    }

    private String select(String rows, String selection, String result) {
        return onnx.add("Gather", result, List.of(rows, selection), Attribute.of("axis", 1));
    }

    OnnxGraph onnx() {
        return onnx;
    }

    Weights weights() {
        return weights;
    }

    TokenHistoryOperators tokens() {
        return tokens;
    }

    PositionOperators positions() {
        return positions;
    }

    Residuals residuals() {
        return residuals;
    }

    /** Whether ONNX Runtime's own operators may be used. */
    boolean contrib() {
        return options.flavour() != OnnxExportOptions.Flavour.PORTABLE;
    }

    /** Whether attention has its weights as outputs, and factors of its heads as inputs. */
    boolean inspection() {
        return inspection;
    }

    /** The number of a node among those of attention. */
    int layer(Node attention) {
        return AttentionGraph.attentions(graph).indexOf(attention);
    }

    /** Whether the inputs and outputs are those of onnxruntime-genai. */
    boolean genAi() {
        return options.flavour() == OnnxExportOptions.Flavour.GENAI;
    }

    /** The value of an operand. */
    String value(Node node, int input) {
        return value(input(node, input));
    }

    /** The value of a node; its operators are added at the first call. */
    String value(Node node) {
        String value = values.get(node.id());
        if (value == null) {
            value = Operators.emit(node, this);
            define(node, value);
        }
        return value;
    }

    /** Sets the value of a node that the operator of another node computes as well. */
    void define(Node node, String value) {
        values.put(node.id(), value);
    }

    boolean isDefined(Node node) {
        return values.containsKey(node.id());
    }

    /** A parameter operand as a constant of 32-bit floats. */
    String vector(Node node, int input) {
        return weights.plain(input(node, input));
    }

    /** The weight of a norm that has none. */
    String ones(Node norm) {
        return ones(norm.shape().features());
    }

    /** A vector of ones. */
    String ones(int size) {
        return onnx.constant(new Tensor("ones/" + size, ElementType.FLOAT, Tensor.shape(size), out -> {
            float[] values = new float[size];
            Arrays.fill(values, 1f);
            Tensor.write(out, values);
        }));
    }

    Node input(Node node, int index) {
        return graph.node(node.input(index));
    }

    /** The name of a node's result. */
    String name(Node node) {
        return node.id() == logits.id() && selectsEarly()
                ? GraphSignature.LOGITS
                : node.name().replace(':', '/').replace('#', '.');
    }

    /** Adds a standard operator that computes the node's value. */
    String add(Node node, String operator, String... operands) {
        return onnx.add(operator, name(node), Arrays.asList(operands));
    }

    /** The number of the next cache, counted from 0. */
    int nextCache() {
        return caches++;
    }
}
