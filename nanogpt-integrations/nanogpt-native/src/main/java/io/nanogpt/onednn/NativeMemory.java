package io.nanogpt.onednn;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/** Memory outside the heap that begins with a cache line. Freed when it is no longer reachable. */
final class NativeMemory {
    private static final int CACHE_LINE = 64;
    /** The largest buffer in Java. */
    private static final long MOST = Integer.MAX_VALUE - 2 * CACHE_LINE;

    private static final float[] ZEROS = new float[4096];

    private final ByteBuffer bytes;
    private final FloatBuffer floats;
    private final long address;

    NativeMemory(long size) {
        if (size > MOST) {
            throw new IllegalArgumentException("a buffer has at most " + MOST + " bytes, not " + size);
        }
        int lines = (int) (size / CACHE_LINE) + 1;
        bytes = ByteBuffer.allocateDirect((lines + 1) * CACHE_LINE)
                .alignedSlice(CACHE_LINE)
                .order(ByteOrder.nativeOrder());
        floats = bytes.asFloatBuffer();
        address = Pointer.nativeValue(Native.getDirectBufferPointer(bytes));
    }

    /** This memory, or a larger one in its place; the contents are not kept. */
    NativeMemory atLeast(long size) {
        return bytes.capacity() >= size
                ? this
                : new NativeMemory(Math.max(size, Math.min(MOST, 2L * bytes.capacity())));
    }

    long address() {
        return address;
    }

    ByteBuffer bytes() {
        return bytes;
    }

    /** Copies {@code rows} rows of an array, which are {@code stride} apart, one after another. */
    void put(int rows, int columns, float[] from, int offset, int stride) {
        if (stride == columns) {
            floats.put(0, from, offset, rows * columns);
            return;
        }
        for (int row = 0; row < rows; row++) {
            floats.put(row * columns, from, offset + row * stride, columns);
        }
    }

    /** Copies rows that lie one after another to rows of an array, which are {@code stride} apart. */
    void get(int rows, int columns, float[] to, int offset, int stride) {
        if (stride == columns) {
            floats.get(0, to, offset, rows * columns);
            return;
        }
        for (int row = 0; row < rows; row++) {
            floats.get(row * columns, to, offset + row * stride, columns);
        }
    }

    /** Writes zeros to the first floats. */
    void clear(int count) {
        for (int from = 0; from < count; from += ZEROS.length) {
            floats.put(from, ZEROS, 0, Math.min(ZEROS.length, count - from));
        }
    }
}
