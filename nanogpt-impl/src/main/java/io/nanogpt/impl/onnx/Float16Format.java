package io.nanogpt.impl.onnx;

import io.nanogpt.impl.onnx.MatrixFormat.Matrix;
import io.nanogpt.impl.onnx.OnnxGraph.Attribute;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/** 16-bit floats, cast to 32 bits before use; a runtime folds the cast at load time. */
final class Float16Format implements MatrixFormat {
    private static final int MANTISSA_BITS = 10;
    private static final int DROPPED_BITS = 23 - MANTISSA_BITS;
    private static final int INFINITY = 0x7C00;
    /** The exponent of the smallest normal half is 112 above that of the smallest normal float. */
    private static final int EXPONENT_OFFSET = 112;

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
                int bits = half(values[transposed ? j * lines + i : i * length + j]);
                line[2 * j] = (byte) bits;
                line[2 * j + 1] = (byte) (bits >>> Byte.SIZE);
            }
            out.write(line);
        }
    }

    /** Rounds to the nearest half, ties to even; overflow becomes infinite. */
    static int half(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = (bits >>> 16) & 0x8000;
        int magnitude = bits & 0x7FFFFFFF;
        if (magnitude > 0x7F800000) {
            return sign | INFINITY | 1;
        }
        int exponent = (magnitude >>> 23) - EXPONENT_OFFSET;
        if (exponent >= 31) {
            return sign | INFINITY;
        }
        int dropped = DROPPED_BITS;
        int mantissa = magnitude;
        if (exponent < 1) {
            if (exponent < -MANTISSA_BITS) {
                return sign;
            }
            // A subnormal half has an explicit leading one, and more bits are dropped.
            mantissa = (magnitude & 0x7FFFFF) | 0x800000;
            dropped += 1 - exponent;
        } else {
            mantissa -= EXPONENT_OFFSET << 23;
        }
        int kept = mantissa >>> dropped;
        int rest = mantissa & ((1 << dropped) - 1);
        int half = 1 << (dropped - 1);
        boolean up = rest > half || (rest == half && (kept & 1) == 1);
        return sign | (kept + (up ? 1 : 0));
    }
}
