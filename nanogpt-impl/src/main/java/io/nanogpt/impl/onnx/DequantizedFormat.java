package io.nanogpt.impl.onnx;

import io.nanogpt.impl.onnx.MatrixFormat.Matrix;
import io.nanogpt.impl.onnx.OnnxGraph.Attribute;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/**
 * 4-bit integers with a scale per block, in standard operators: DequantizeLinear before MatMul. ONNX Runtime fuses the
 * two into its MatMulNBits at load time; other runtimes compute with floats.
 */
final class DequantizedFormat implements MatrixFormat {
    private static final Quantizer QUANTIZER = new Quantizer(4);

    private final int block;

    DequantizedFormat(int block) {
        this.block = block;
    }

    @Override
    public String multiply(OnnxGraph onnx, String x, Matrix weight, String result) {
        Tensor numbers = new Tensor(
                weight.name() + "/transposed_int4",
                ElementType.INT4,
                Tensor.shape(weight.columns(), weight.rows()),
                out -> writeNumbers(out, weight));
        Tensor scales = new Tensor(
                weight.name() + "/block_scales",
                ElementType.FLOAT,
                Tensor.shape((weight.columns() + block - 1) / block, weight.rows()),
                out -> writeScales(out, weight));
        String floats = onnx.add(
                "DequantizeLinear",
                result + "/weight",
                List.of(onnx.constant(numbers), onnx.constant(scales)),
                Attribute.of("axis", 0),
                Attribute.of("block_size", block));
        return onnx.add("MatMul", result, List.of(x, floats));
    }

    @Override
    public String floats(OnnxGraph onnx, Matrix matrix, String result) {
        return ByteTable.floats(onnx, matrix, result);
    }

    @Override
    public String rows(OnnxGraph onnx, Matrix table, String ids, String result) {
        return ByteTable.rows(onnx, table, ids, result);
    }

    /** The scales of one block of every row. */
    private float[] scales(Matrix matrix, float[] values, int from) {
        float[] scales = new float[matrix.rows()];
        int count = Math.min(block, matrix.columns() - from);
        for (int i = 0; i < scales.length; i++) {
            scales[i] = QUANTIZER.scale(values, i * matrix.columns() + from, count);
        }
        return scales;
    }

    /** Writes two integers to a byte, the first in the low bits; a byte may span two lines. */
    private void writeNumbers(OutputStream out, Matrix matrix) throws IOException {
        float[] values = matrix.values().get();
        float[] scales = new float[0];
        int low = -1;
        for (int j = 0; j < matrix.columns(); j++) {
            if (j % block == 0) {
                scales = scales(matrix, values, j);
            }
            for (int i = 0; i < matrix.rows(); i++) {
                int number = QUANTIZER.quantize(values[i * matrix.columns() + j], scales[i]) & 0xF;
                if (low < 0) {
                    low = number;
                } else {
                    out.write(low | (number << 4));
                    low = -1;
                }
            }
        }
        if (low >= 0) {
            out.write(low);
        }
    }

    private void writeScales(OutputStream out, Matrix matrix) throws IOException {
        float[] values = matrix.values().get();
        for (int from = 0; from < matrix.columns(); from += block) {
            Tensor.write(out, scales(matrix, values, from));
        }
    }
}
