package io.nanogpt.impl.onnx;

import io.nanogpt.impl.files.Half;
import io.nanogpt.impl.onnx.MatrixFormat.Matrix;
import io.nanogpt.impl.onnx.OnnxGraph.Attribute;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/** 16-bit floats, cast to 32 bits before use; a runtime folds the cast at load time. */
final class Float16Format implements MatrixFormat {
    @Override
    public String multiply(OnnxGraph onnx, String x, Matrix weight, String result) {
        if (weight.isTable()) {
            String transposed = onnx.add(
                    "Transpose",
                    result + "/transposed",
                    List.of(widened(onnx, constant(onnx, weight, false), result)),
                    Attribute.of("perm", new long[] {1, 0}));
            return onnx.add("MatMul", result, List.of(x, transposed));
        }
        return onnx.add("MatMul", result, List.of(x, widened(onnx, constant(onnx, weight, true), result)));
    }

    @Override
    public String rows(OnnxGraph onnx, Matrix table, String ids, String result) {
        String rows = onnx.add(
                "Gather", result + "/half", List.of(constant(onnx, table, false), ids), Attribute.of("axis", 0));
        return onnx.add("Cast", result, List.of(rows), Attribute.of("to", ElementType.FLOAT.number()));
    }

    @Override
    public String floats(OnnxGraph onnx, Matrix matrix, String result) {
        return widened(onnx, constant(onnx, matrix, false), result);
    }

    private static String widened(OnnxGraph onnx, String half, String result) {
        return onnx.add("Cast", result + "/weight", List.of(half), Attribute.of("to", ElementType.FLOAT.number()));
    }

    private static String constant(OnnxGraph onnx, Matrix matrix, boolean transposed) {
        return onnx.constant(new Tensor(
                matrix.name() + (transposed ? "/transposed" : ""),
                ElementType.FLOAT16,
                transposed
                        ? Tensor.shape(matrix.columns(), matrix.rows())
                        : Tensor.shape(matrix.rows(), matrix.columns()),
                out -> write(out, matrix, transposed)));
    }

    private static void write(OutputStream out, Matrix matrix, boolean transposed) throws IOException {
        float[] values = matrix.values().get();
        int lines = transposed ? matrix.columns() : matrix.rows();
        int length = values.length / lines;
        byte[] line = new byte[length * Short.BYTES];
        for (int i = 0; i < lines; i++) {
            for (int j = 0; j < length; j++) {
                int bits = Half.bits(values[transposed ? j * lines + i : i * length + j]);
                line[2 * j] = (byte) bits;
                line[2 * j + 1] = (byte) (bits >>> Byte.SIZE);
            }
            out.write(line);
        }
    }
}
