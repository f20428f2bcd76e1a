package io.nanogpt.impl.onnx;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * A constant of a graph. Its content is produced when the file is written, so that weights are never in memory twice
 * as a whole.
 */
record Tensor(String name, ElementType type, List<Integer> shape, Content content) {
    Tensor {
        shape = List.copyOf(shape);
    }

    /** Writes the elements, row-major and little-endian. */
    @FunctionalInterface
    interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    long bytes() {
        return type.bytes(shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact));
    }

    static Tensor ofLongs(String name, List<Integer> shape, long... values) {
        return new Tensor(name, ElementType.INT64, shape, out -> {
            byte[] bytes = new byte[values.length * Long.BYTES];
            littleEndian(bytes).asLongBuffer().put(values);
            out.write(bytes);
        });
    }

    /** Writes floats in pieces, so that they are never copied as a whole. */
    static void write(OutputStream out, float[] values) throws IOException {
        int piece = 1 << 14;
        byte[] bytes = new byte[piece * Float.BYTES];
        for (int from = 0; from < values.length; from += piece) {
            int count = Math.min(piece, values.length - from);
            littleEndian(bytes).asFloatBuffer().put(values, from, count);
            out.write(bytes, 0, count * Float.BYTES);
        }
    }

    private static ByteBuffer littleEndian(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    static List<Integer> shape(int... sizes) {
        return Arrays.stream(sizes).boxed().toList();
    }
}
