package io.nanogpt.impl.onnx;

import io.nanogpt.impl.onnx.MatrixFormat.Matrix;
import io.nanogpt.impl.onnx.OnnxGraph.Attribute;
import java.util.List;

/** An 8-bit matrix with a scale per row, converted to floats before use. */
final class ByteTable {
    private static final Quantizer QUANTIZER = new Quantizer(8);

    private ByteTable() {}

    /** Gathers rows, then converts those to floats. */
    static String rows(OnnxGraph onnx, Matrix table, String ids, String result) {
        Attribute axis = Attribute.of("axis", 0);
        String picked = onnx.add("Gather", result + "/int8", List.of(numbers(onnx, table), ids), axis);
        String scale = onnx.add("Gather", result + "/scales", List.of(scales(onnx, table), ids), axis);
        return product(onnx, picked, scale, result);
    }

    /** The whole matrix as floats: a product of constants, which a runtime folds at load time. */
    static String floats(OnnxGraph onnx, Matrix matrix, String result) {
        return product(onnx, numbers(onnx, matrix), scales(onnx, matrix), result);
    }

    private static String product(OnnxGraph onnx, String numbers, String scales, String result) {
        String floats =
                onnx.add("Cast", result + "/floats", List.of(numbers), Attribute.of("to", ElementType.FLOAT.number()));
        return onnx.add("Mul", result, List.of(floats, scales));
    }

    private static String numbers(OnnxGraph onnx, Matrix table) {
        int width = table.columns();
        return onnx.constant(new Tensor(
                table.name() + "/int8", ElementType.INT8, Tensor.shape(table.rows(), width), out -> {
                    float[] values = table.values().get();
                    byte[] row = new byte[width];
                    for (int i = 0; i < table.rows(); i++) {
                        float scale = QUANTIZER.scale(values, i * width, width);
                        for (int j = 0; j < width; j++) {
                            row[j] = (byte) QUANTIZER.quantize(values[i * width + j], scale);
                        }
                        out.write(row);
                    }
                }));
    }

    private static String scales(OnnxGraph onnx, Matrix table) {
        return onnx.constant(new Tensor(
                table.name() + "/scales", ElementType.FLOAT, Tensor.shape(table.rows(), 1), out -> {
                    float[] values = table.values().get();
                    float[] found = new float[table.rows()];
                    for (int i = 0; i < found.length; i++) {
                        found[i] = QUANTIZER.scale(values, i * table.columns(), table.columns());
                    }
                    Tensor.write(out, found);
                }));
    }
}
