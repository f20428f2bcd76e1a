package io.nanogpt.impl.onnx;

import io.nanogpt.impl.onnx.MatrixFormat.Matrix;
import io.nanogpt.impl.onnx.OnnxGraph.Attribute;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** 8- or 4-bit integers with a scale per block of a row, in the layout of ONNX Runtime's MatMulNBits. */
final class BlockQuantizedFormat implements MatrixFormat {
    /** Activations are rounded to 8 bits, the fastest level. */
    private static final int ACCURACY_LEVEL = 4;

    private final Quantizer quantizer;
    private final int block;

    BlockQuantizedFormat(int bits, int block) {
        this.quantizer = new Quantizer(bits);
        this.block = block;
    }

    @Override
    public String multiply(OnnxGraph onnx, String x, Matrix weight, String result) {
        return multiply(onnx, x, weight, List.of(), result);
    }

    /** The kernel adds the bias while the sums are in registers. */
    @Override
    public String multiplyAndAdd(OnnxGraph onnx, String x, Matrix weight, String bias, String result) {
        // The empty inputs between scales and bias are zero points and group indices, which are not used.
        return multiply(onnx, x, weight, List.of("", "", bias), result);
    }

    @Override
    public boolean biasIsInside() {
        return true;
    }

    private String multiply(OnnxGraph onnx, String x, Matrix weight, List<String> optional, String result) {
        int blocks = blocks(weight);
        Tensor numbers = new Tensor(
                weight.name() + "/blocks_int" + quantizer.bits(),
                ElementType.UINT8,
                Tensor.shape(weight.rows(), blocks, block * quantizer.bits() / Byte.SIZE),
                out -> writeNumbers(out, weight));
        Tensor scales = new Tensor(
                weight.name() + "/block_scales",
                ElementType.FLOAT,
                Tensor.shape(weight.rows() * blocks),
                out -> writeScales(out, weight));
        List<String> inputs = new ArrayList<>(List.of(x, onnx.constant(numbers), onnx.constant(scales)));
        inputs.addAll(optional);
        onnx.add(
                OnnxGraph.CONTRIB,
                "MatMulNBits",
                List.of(result),
                inputs,
                Attribute.of("K", weight.columns()),
                Attribute.of("N", weight.rows()),
                Attribute.of("bits", quantizer.bits()),
                Attribute.of("block_size", block),
                Attribute.of("accuracy_level", ACCURACY_LEVEL));
        return result;
    }

    @Override
    public String floats(OnnxGraph onnx, Matrix matrix, String result) {
        return ByteTable.floats(onnx, matrix, result);
    }

    @Override
    public String rows(OnnxGraph onnx, Matrix table, String ids, String result) {
        return ByteTable.rows(onnx, table, ids, result);
    }

    private int blocks(Matrix matrix) {
        return (matrix.columns() + block - 1) / block;
    }

    /** Writes the integers, shifted to be non-negative; those that pad the last block of a row represent zero. */
    private void writeNumbers(OutputStream out, Matrix matrix) throws IOException {
        float[] values = matrix.values().get();
        int padded = blocks(matrix) * block;
        int[] row = new int[padded];
        byte[] bytes = new byte[padded * quantizer.bits() / Byte.SIZE];
        for (int i = 0; i < matrix.rows(); i++) {
            Arrays.fill(row, quantizer.half());
            for (int j = 0; j < matrix.columns(); j += block) {
                int from = i * matrix.columns() + j;
                int count = Math.min(block, matrix.columns() - j);
                float scale = quantizer.scale(values, from, count);
                for (int k = 0; k < count; k++) {
                    row[j + k] = quantizer.quantize(values[from + k], scale) + quantizer.half();
                }
            }
            for (int b = 0; b < bytes.length; b++) {
                bytes[b] = (byte) (quantizer.bits() == Byte.SIZE ? row[b] : row[2 * b] | (row[2 * b + 1] << 4));
            }
            out.write(bytes);
        }
    }

    private void writeScales(OutputStream out, Matrix matrix) throws IOException {
        float[] values = matrix.values().get();
        float[] scales = new float[blocks(matrix)];
        for (int i = 0; i < matrix.rows(); i++) {
            for (int b = 0; b < scales.length; b++) {
                int count = Math.min(block, matrix.columns() - b * block);
                scales[b] = quantizer.scale(values, i * matrix.columns() + b * block, count);
            }
            Tensor.write(out, scales);
        }
    }
}
