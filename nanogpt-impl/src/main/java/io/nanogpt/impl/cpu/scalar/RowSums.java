package io.nanogpt.impl.cpu.scalar;

import java.util.Arrays;

/**
 * Sums over the elements of a row, in the order of {@link Lanes}. Eight partial sums at a time are in registers, since C2
 * keeps no element of an array there.
 */
final class RowSums {
    private static final int AT_A_TIME = 8;

    private final float[] lanes = new float[Lanes.COUNT];

    /** The sum of {@code n} elements. */
    float sum(int n, float[] x, int offset) {
        clear();
        add(n, x, offset);
        return total();
    }

    /** The sum of {@code n} products. */
    float dot(int n, float[] a, int aOffset, float[] b, int bOffset) {
        clear();
        int body = Lanes.bound(n);
        for (int first = 0; first < Lanes.COUNT; first += AT_A_TIME) {
            addProducts(first, body, a, aOffset + first, b, bOffset + first);
        }
        for (int i = body; i < n; i++) {
            lanes[i - body] = ScalarMath.fma(a[aOffset + i], b[bOffset + i], lanes[i - body]);
        }
        return total();
    }

    /** Sets all partial sums to zero. */
    void clear() {
        Arrays.fill(lanes, 0f);
    }

    /** Sets partial sums from {@code first} on to {@code count} elements. */
    void set(int first, int count, float[] x, int offset) {
        System.arraycopy(x, offset, lanes, first, count);
    }

    /** Adds elements, the first to the first partial sum. */
    void add(int n, float[] x, int offset) {
        int body = Lanes.bound(n);
        for (int first = 0; first < Lanes.COUNT; first += AT_A_TIME) {
            add(first, body, x, offset + first);
        }
        for (int i = body; i < n; i++) {
            lanes[i - body] += x[offset + i];
        }
    }

    float total() {
        return Lanes.sum(lanes);
    }

    private void add(int first, int n, float[] x, int offset) {
        float s0 = lanes[first];
        float s1 = lanes[first + 1];
        float s2 = lanes[first + 2];
        float s3 = lanes[first + 3];
        float s4 = lanes[first + 4];
        float s5 = lanes[first + 5];
        float s6 = lanes[first + 6];
        float s7 = lanes[first + 7];
        for (int i = offset; i < offset + n; i += Lanes.COUNT) {
            s0 += x[i];
            s1 += x[i + 1];
            s2 += x[i + 2];
            s3 += x[i + 3];
            s4 += x[i + 4];
            s5 += x[i + 5];
            s6 += x[i + 6];
            s7 += x[i + 7];
        }
        set(first, s0, s1, s2, s3);
        set(first + 4, s4, s5, s6, s7);
    }

    private void addProducts(int first, int n, float[] a, int aOffset, float[] b, int bOffset) {
        float s0 = lanes[first];
        float s1 = lanes[first + 1];
        float s2 = lanes[first + 2];
        float s3 = lanes[first + 3];
        float s4 = lanes[first + 4];
        float s5 = lanes[first + 5];
        float s6 = lanes[first + 6];
        float s7 = lanes[first + 7];
        for (int i = aOffset, j = bOffset; i < aOffset + n; i += Lanes.COUNT, j += Lanes.COUNT) {
            s0 = ScalarMath.fma(a[i], b[j], s0);
            s1 = ScalarMath.fma(a[i + 1], b[j + 1], s1);
            s2 = ScalarMath.fma(a[i + 2], b[j + 2], s2);
            s3 = ScalarMath.fma(a[i + 3], b[j + 3], s3);
            s4 = ScalarMath.fma(a[i + 4], b[j + 4], s4);
            s5 = ScalarMath.fma(a[i + 5], b[j + 5], s5);
            s6 = ScalarMath.fma(a[i + 6], b[j + 6], s6);
            s7 = ScalarMath.fma(a[i + 7], b[j + 7], s7);
        }
        set(first, s0, s1, s2, s3);
        set(first + 4, s4, s5, s6, s7);
    }

    private void set(int first, float s0, float s1, float s2, float s3) {
        lanes[first] = s0;
        lanes[first + 1] = s1;
        lanes[first + 2] = s2;
        lanes[first + 3] = s3;
    }
}
