package io.nanogpt.impl.onnx;

import io.nanogpt.impl.onnx.MatrixFormat.Matrix;
import io.nanogpt.impl.onnx.OnnxGraph.Attribute;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;

/**
 * 8-bit integers with a scale per output feature, multiplied as integers: activations are quantized at run time. Uses
 * standard operators only. The numbers are shifted to be non-negative, because products of unsigned and signed bytes
 * overflow on processors before AVX-512 VNNI.
 */
final class PerChannelInt8Format implements MatrixFormat {
    private static final Quantizer QUANTIZER = new Quantizer(8);

    @Override
    public String multiply(OnnxGraph onnx, String x, Matrix weight, String result) {
        Tensor numbers = new Tensor(
                weight.name() + "/transposed_uint8",
                ElementType.UINT8,
                Tensor.shape(weight.columns(), weight.rows()),
                out -> writeNumbers(out, weight));
        Tensor scales = new Tensor(
                weight.name() + "/channel_scales",
                ElementType.FLOAT,
                Tensor.shape(weight.rows()),
                out -> Tensor.write(out, scales(weight)));
        Tensor zero = new Tensor(
                "constant/zero_points/" + weight.rows(), ElementType.UINT8, Tensor.shape(weight.rows()), out -> {
                    byte[] points = new byte[weight.rows()];
                    Arrays.fill(points, (byte) QUANTIZER.half());
                    out.write(points);
                });
        String rounded = result + "/uint8";
        String scale = result + "/scale";
        String zeroPoint = result + "/zero_point";
        onnx.add(OnnxGraph.STANDARD, "DynamicQuantizeLinear", List.of(rounded, scale, zeroPoint), List.of(x));
        String sums = onnx.add(
                "MatMulInteger",
                result + "/sums",
                List.of(rounded, onnx.constant(numbers), zeroPoint, onnx.constant(zero)));
        String floats =
                onnx.add("Cast", result + "/floats", List.of(sums), Attribute.of("to", ElementType.FLOAT.number()));
        String factors = onnx.add("Mul", result + "/factors", List.of(scale, onnx.constant(scales)));
        return onnx.add("Mul", result, List.of(floats, factors));
    }

    @Override
    public String floats(OnnxGraph onnx, Matrix matrix, String result) {
        return ByteTable.floats(onnx, matrix, result);
    }

    @Override
    public String rows(OnnxGraph onnx, Matrix table, String ids, String result) {
        return ByteTable.rows(onnx, table, ids, result);
    }

    private static float[] scales(Matrix matrix) {
        float[] values = matrix.values().get();
        float[] scales = new float[matrix.rows()];
        for (int i = 0; i < scales.length; i++) {
            scales[i] = QUANTIZER.scale(values, i * matrix.columns(), matrix.columns());
        }
        return scales;
    }

    private static void writeNumbers(OutputStream out, Matrix matrix) throws IOException {
        float[] values = matrix.values().get();
        float[] scales = scales(matrix);
        byte[] line = new byte[matrix.rows()];
        for (int j = 0; j < matrix.columns(); j++) {
            for (int i = 0; i < line.length; i++) {
                float value = values[i * matrix.columns() + j];
                line[i] = (byte) (QUANTIZER.quantize(value, scales[i]) + QUANTIZER.half());
            }
            out.write(line);
        }
    }
}
