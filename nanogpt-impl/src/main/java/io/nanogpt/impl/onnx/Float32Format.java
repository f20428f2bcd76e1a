package io.nanogpt.impl.onnx;

import io.nanogpt.impl.onnx.MatrixFormat.Matrix;
import io.nanogpt.impl.onnx.OnnxGraph.Attribute;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/** 32-bit floats. */
final class Float32Format implements MatrixFormat {
    @Override
    public String multiply(OnnxGraph onnx, String x, Matrix weight, String result) {
        if (weight.isTable()) {
            return multiplyTable(onnx, x, weight, result);
        }
        Tensor transposed = new Tensor(
                weight.name() + "/transposed",
                ElementType.FLOAT,
                Tensor.shape(weight.columns(), weight.rows()),
                out -> writeTransposed(out, weight));
        return onnx.add("MatMul", result, List.of(x, onnx.constant(transposed)));
    }

    @Override
    public String rows(OnnxGraph onnx, Matrix table, String ids, String result) {
        return onnx.add("Gather", result, List.of(onnx.constant(plain(table)), ids), Attribute.of("axis", 0));
    }

    @Override
    public String floats(OnnxGraph onnx, Matrix matrix, String result) {
        return onnx.constant(plain(matrix));
    }

    /** Stores a head that is tied to the embedding only once: Gemm can transpose it, but requires two axes. */
    private static String multiplyTable(OnnxGraph onnx, String x, Matrix weight, String result) {
        String rows = onnx.add("Reshape", result + "/rows", List.of(x, onnx.axes(-1, weight.columns())));
        String products = onnx.add(
                "Gemm", result + "/gemm", List.of(rows, onnx.constant(plain(weight))), Attribute.of("transB", 1));
        String leading =
                onnx.add("Shape", result + "/leading", List.of(x), Attribute.of("start", 0), Attribute.of("end", -1));
        String shape = onnx.add(
                "Concat", result + "/shape", List.of(leading, onnx.axes(weight.rows())), Attribute.of("axis", 0));
        return onnx.add("Reshape", result, List.of(products, shape));
    }

    private static Tensor plain(Matrix matrix) {
        return new Tensor(
                matrix.name(),
                ElementType.FLOAT,
                Tensor.shape(matrix.rows(), matrix.columns()),
                out -> Tensor.write(out, matrix.values().get()));
    }

    private static void writeTransposed(OutputStream out, Matrix matrix) throws IOException {
        float[] values = matrix.values().get();
        float[] column = new float[matrix.rows()];
        for (int j = 0; j < matrix.columns(); j++) {
            for (int i = 0; i < matrix.rows(); i++) {
                column[i] = values[i * matrix.columns() + j];
            }
            Tensor.write(out, column);
        }
    }
}
