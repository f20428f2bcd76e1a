package io.nanogpt.impl.onnx;

import io.nanogpt.graph.Attributes;
import io.nanogpt.graph.Graph;
import io.nanogpt.graph.Node;
import io.nanogpt.graph.OpType;
import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.impl.onnx.MatrixFormat.Matrix;
import io.nanogpt.spi.ParameterSource;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/** The parameters of a model as constants: matrices in the format of the export, everything else as 32-bit floats. */
final class Weights {
    private final OnnxGraph onnx;
    private final ParameterSource parameters;
    private final MatrixFormat format;
    private final Set<Integer> tables = new HashSet<>();

    Weights(Graph graph, OnnxGraph onnx, ParameterSource parameters, MatrixFormat format) {
        this.onnx = onnx;
        this.parameters = parameters;
        this.format = format;
        for (Node node : graph.nodes()) {
            if (node.type() == OpType.EMBEDDING) {
                tables.add(node.input(1));
            }
        }
    }

    /** A parameter as 32-bit floats. */
    String plain(Node parameter) {
        ParameterSpec spec = spec(parameter);
        List<Integer> shape = Arrays.stream(spec.shape().sizes()).boxed().toList();
        return onnx.constant(new Tensor(spec.name(), ElementType.FLOAT, shape, out -> Tensor.write(out, values(spec))));
    }

    /** {@code x W^T}. */
    String multiply(String x, Node weight, String result) {
        return format.multiply(onnx, x, matrix(weight), result);
    }

    /** {@code x W^T + b}. */
    String multiplyAndAdd(String x, Node weight, String bias, String result) {
        return format.multiplyAndAdd(onnx, x, matrix(weight), bias, result);
    }

    /** Whether {@link #multiplyAndAdd} is one operator. */
    boolean biasIsInside() {
        return format.biasIsInside();
    }

    /** Rows of a table. */
    String rows(String ids, Node table, String result) {
        return format.rows(onnx, matrix(table), ids, result);
    }

    /** Columns of a matrix {@code (N, K)}; column K is one of zeros. */
    String columns(String numbers, Node weight, String result) {
        ParameterSpec spec = spec(weight);
        int rows = spec.shape().size(0);
        int columns = spec.shape().size(1);
        Matrix table = new Matrix(
                spec.name() + "/columns",
                columns + 1,
                rows,
                true,
                () -> Arrays.copyOf(transposed(values(spec), rows), (columns + 1) * rows));
        return format.rows(onnx, table, numbers, result);
    }

    /** A matrix as 32-bit floats regardless of the format, its elements in another order. */
    String reordered(Node weight, UnaryOperator<float[]> order, String result) {
        Matrix matrix = matrix(weight);
        return format.floats(
                onnx,
                new Matrix(
                        matrix.name() + "/reordered",
                        matrix.rows(),
                        matrix.columns(),
                        false,
                        () -> order.apply(matrix.values().get())),
                result);
    }

    /** A parameter of {@code rows} rows as a constant with as many columns. */
    String columnMajor(Node parameter, int rows) {
        ParameterSpec spec = spec(parameter);
        return onnx.constant(new Tensor(
                spec.name() + "/transposed",
                ElementType.FLOAT,
                Tensor.shape(spec.elements() / rows, rows),
                out -> Tensor.write(out, transposed(values(spec), rows))));
    }

    /** The numbers of a parameter. */
    float[] values(Node parameter) {
        return values(spec(parameter));
    }

    private static float[] transposed(float[] values, int rows) {
        int columns = values.length / rows;
        float[] result = new float[values.length];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                result[j * rows + i] = values[i * columns + j];
            }
        }
        return result;
    }

    private Matrix matrix(Node parameter) {
        ParameterSpec spec = spec(parameter);
        return new Matrix(
                spec.name(),
                spec.shape().size(0),
                spec.shape().size(1),
                tables.contains(parameter.id()),
                () -> values(spec));
    }

    private float[] values(ParameterSpec spec) {
        float[] values = new float[spec.elements()];
        parameters.read(spec.name(), values);
        return values;
    }

    private static ParameterSpec spec(Node node) {
        if (node.attributes() instanceof Attributes.Parameter parameter && node.type() == OpType.PARAMETER) {
            return parameter.spec();
        }
        throw new UnsupportedOperationException("a weight must be a parameter of the model, but " + node.name()
                + " is a " + node.type() + "; such a graph cannot be exported");
    }
}
