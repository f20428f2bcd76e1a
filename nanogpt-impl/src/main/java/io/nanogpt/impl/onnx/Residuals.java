package io.nanogpt.impl.onnx;

import io.nanogpt.graph.Attributes;
import io.nanogpt.graph.Graph;
import io.nanogpt.graph.Node;
import io.nanogpt.graph.OpType;
import io.nanogpt.impl.onnx.OnnxGraph.Attribute;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Sums of two values of one shape. ONNX Runtime has an operator that adds the bias of the second, sums, and normalises:
 * in a small model, where calling an operator costs more than computing it, that saves an eighth of the time.
 */
final class Residuals {
    private final OnnxLowering e;
    private final Graph graph;

    Residuals(OnnxLowering e, Graph graph) {
        this.e = e;
        this.graph = graph;
    }

    /** The sum of a node's operands; a norm that reads it may be defined with it. */
    String add(Node sum) {
        Node branch = e.input(sum, 1);
        if (norm(sum).isPresent() && hasOwnBias(branch) && readers(branch).size() == 1) {
            String product = e.weights().multiply(e.value(branch, 0), e.input(branch, 1), e.name(branch) + "/product");
            return add(sum, e.value(sum, 0), product, List.of(e.vector(branch, 2)));
        }
        return add(sum, e.value(sum, 0), e.value(branch));
    }

    /** The sum of two values; a norm that reads it may be defined with it. */
    String add(Node sum, String first, String second) {
        return add(sum, first, second, List.of());
    }

    private String add(Node sum, String first, String second, List<String> bias) {
        Optional<Node> norm = norm(sum);
        if (norm.isEmpty()) {
            return e.add(sum, "Add", first, second);
        }
        Node read = norm.get();
        boolean centred = read.type() == OpType.LAYER_NORM;
        List<String> operands =
                new ArrayList<>(List.of(second, first, read.inputs().size() > 1 ? e.vector(read, 1) : e.ones(read)));
        if (centred) {
            operands.add(read.inputs().size() > 2 ? e.vector(read, 2) : "");
        }
        operands.addAll(bias);
        // The outputs between the norm and the sum, mean and deviation, are only for training.
        e.onnx()
                .add(
                        OnnxGraph.CONTRIB,
                        centred ? "SkipLayerNormalization" : "SkipSimplifiedLayerNormalization",
                        List.of(e.name(read), "", "", e.name(sum)),
                        operands,
                        Attribute.of("epsilon", ((Attributes.Norm) read.attributes()).epsilon()));
        e.define(read, e.name(read));
        return e.name(sum);
    }

    /** The norm to fuse with a sum. */
    private Optional<Node> norm(Node sum) {
        if (!e.contrib()) {
            return Optional.empty();
        }
        return readers(sum).stream()
                .filter(node -> node.type() == OpType.LAYER_NORM || node.type() == OpType.RMS_NORM)
                .findFirst();
    }

    private boolean hasOwnBias(Node node) {
        return node.type() == OpType.LINEAR
                && node.inputs().size() == 3
                && !e.weights().biasIsInside();
    }

    private List<Node> readers(Node node) {
        return graph.nodes().stream()
                .filter(reader -> reader.inputs().contains(node.id()))
                .toList();
    }
}
