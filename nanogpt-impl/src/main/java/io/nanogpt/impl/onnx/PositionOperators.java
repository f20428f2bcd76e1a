package io.nanogpt.impl.onnx;

import io.nanogpt.graph.Attributes;
import io.nanogpt.graph.Node;
import io.nanogpt.impl.onnx.OnnxGraph.Attribute;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;

/** Learned, sinusoidal and rotary positions. Values that depend only on the position are constant tables. */
final class PositionOperators {
    private static final double SINUSOIDS_BASE = 10_000;

    private final OnnxLowering e;
    private final OnnxGraph onnx;
    private final int contextLength;
    /** Numbers of the different rotations, by their frequencies and factors. */
    private final Map<List<Object>, Integer> rotations = new HashMap<>();

    PositionOperators(OnnxLowering e, int contextLength) {
        this.e = e;
        this.contextLength = contextLength;
        onnx = e.onnx();
    }

    /** The position of each token in its text, {@code (batch, sequence)}. */
    String ids() {
        return onnx.input(
                GraphSignature.POSITION_IDS, ElementType.INT64, List.of(GraphSignature.BATCH, GraphSignature.SEQUENCE));
    }

    /** Adds rows of a table {@code (context, D)}. */
    String add(Node node, String table) {
        String rows = onnx.add("Gather", e.name(node) + "/rows", List.of(table, ids()), Attribute.of("axis", 0));
        return e.residuals().add(node, e.value(node, 0), rows);
    }

    String addSinusoids(Node node) {
        int width = node.shape().features();
        return add(node, table("sinusoids/table", width, (position, feature) -> {
            double angle = position * StrictMath.pow(SINUSOIDS_BASE, -(double) (feature - feature % 2) / width);
            return feature % 2 == 0 ? StrictMath.sin(angle) : StrictMath.cos(angle);
        }));
    }

    /** Rotates the first heads of {@code (B, T, D)}; the features after them pass through. */
    String rotate(Node node) {
        Attributes.Rotary rotary = (Attributes.Rotary) node.attributes();
        if (rotary.inverse()) {
            throw new UnsupportedOperationException(node.name()
                    + " is an inverse rotation, which only training uses; export the graph of the model itself");
        }
        String name = e.name(node);
        int turned = rotary.heads() * rotary.headSize();
        int rest = node.shape().features() - turned;
        if (rest == 0) {
            return rotate(rotary, e.value(node, 0), name);
        }
        List<String> parts = List.of(name + "/turning", name + "/passing");
        onnx.add(
                OnnxGraph.STANDARD,
                "Split",
                parts,
                List.of(e.value(node, 0), onnx.axes(turned, rest)),
                Attribute.of("axis", -1));
        String result = rotate(rotary, parts.get(0), name + "/turned");
        return onnx.add("Concat", name, List.of(result, parts.get(1)), Attribute.of("axis", -1));
    }

    private String rotate(Attributes.Rotary rotary, String x, String result) {
        List<Attribute> attributes = new ArrayList<>(List.of(
                Attribute.of("num_heads", rotary.heads()), Attribute.of("interleaved", rotary.interleaved() ? 1 : 0)));
        if (rotary.turned() < rotary.headSize()) {
            attributes.add(Attribute.of("rotary_embedding_dim", rotary.turned()));
        }
        return onnx.add(
                "RotaryEmbedding",
                result,
                List.of(x, cosines(rotary), sines(rotary), ids()),
                attributes.toArray(Attribute[]::new));
    }

    /** The table of cosines, {@code (context, rotated pairs)}. */
    String cosines(Attributes.Rotary rotary) {
        return angles(rotary, "cos", StrictMath::cos);
    }

    /** The table of sines, {@code (context, rotated pairs)}. */
    String sines(Attributes.Rotary rotary) {
        return angles(rotary, "sin", StrictMath::sin);
    }

    /** A table of a function of the angles, times the factor. */
    private String angles(Attributes.Rotary rotary, String name, DoubleUnaryOperator function) {
        List<Object> key = List.of(rotary.frequencies(), rotary.factor());
        int number = rotations.computeIfAbsent(key, missing -> rotations.size());
        return table(
                "rotary/" + number + "/" + name,
                rotary.frequencies().size(),
                (position, pair) -> rotary.factor()
                        * function.applyAsDouble(position * rotary.frequencies().get(pair)));
    }

    /** The elements of a table, by position and column. */
    @FunctionalInterface
    private interface Entry {
        double at(int position, int column);
    }

    private String table(String name, int columns, Entry entry) {
        return onnx.constant(new Tensor(name, ElementType.FLOAT, Tensor.shape(contextLength, columns), out -> {
            float[] row = new float[columns];
            for (int position = 0; position < contextLength; position++) {
                for (int column = 0; column < columns; column++) {
                    row[column] = (float) entry.at(position, column);
                }
                Tensor.write(out, row);
            }
        }));
    }
}
