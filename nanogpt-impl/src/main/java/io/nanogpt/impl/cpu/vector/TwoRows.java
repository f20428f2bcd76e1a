package io.nanogpt.impl.cpu.vector;

import static io.nanogpt.impl.cpu.vector.VectorMath.S;

import jdk.incubator.vector.FloatVector;

/**
 * Products of two single rows at a time, see {@link io.nanogpt.impl.cpu.Kernels#multiplyTwo}: the sums of both are enough
 * chains to hide the latency of the fused multiply-add.
 */
final class TwoRows {
    private static final int L = S.length();

    private TwoRows() {}

    /** The columns of whole vectors; their number. */
    static int multiply(
            int columns,
            int depth,
            float[] a,
            int a0,
            int a1,
            float[] b,
            int b0,
            int b1,
            int bStep,
            float[] c,
            int c0,
            int c1) {
        int j = 0;
        for (; j + 4 * L <= columns; j += 4 * L) {
            four(depth, a, a0, a1, b, b0 + j, b1 + j, bStep, c, c0 + j, c1 + j);
        }
        for (; j + 2 * L <= columns; j += 2 * L) {
            two(depth, a, a0, a1, b, b0 + j, b1 + j, bStep, c, c0 + j, c1 + j);
        }
        for (; j + L <= columns; j += L) {
            one(depth, a, a0, a1, b, b0 + j, b1 + j, bStep, c, c0 + j, c1 + j);
        }
        return j;
    }

    /** Four vectors of each. */
    static void four(
            int depth, float[] a, int a0, int a1, float[] b, int b0, int b1, int bStep, float[] c, int c0, int c1) {
        FloatVector c00 = FloatVector.zero(S);
        FloatVector c01 = FloatVector.zero(S);
        FloatVector c02 = FloatVector.zero(S);
        FloatVector c03 = FloatVector.zero(S);
        FloatVector c10 = FloatVector.zero(S);
        FloatVector c11 = FloatVector.zero(S);
        FloatVector c12 = FloatVector.zero(S);
        FloatVector c13 = FloatVector.zero(S);
        for (int k = 0, bk = b0, bl = b1; k < depth; k++, bk += bStep, bl += bStep) {
            FloatVector x = FloatVector.broadcast(S, a[a0 + k]);
            c00 = x.fma(FloatVector.fromArray(S, b, bk), c00);
            c01 = x.fma(FloatVector.fromArray(S, b, bk + L), c01);
            c02 = x.fma(FloatVector.fromArray(S, b, bk + 2 * L), c02);
            c03 = x.fma(FloatVector.fromArray(S, b, bk + 3 * L), c03);
            x = FloatVector.broadcast(S, a[a1 + k]);
            c10 = x.fma(FloatVector.fromArray(S, b, bl), c10);
            c11 = x.fma(FloatVector.fromArray(S, b, bl + L), c11);
            c12 = x.fma(FloatVector.fromArray(S, b, bl + 2 * L), c12);
            c13 = x.fma(FloatVector.fromArray(S, b, bl + 3 * L), c13);
        }
        c00.intoArray(c, c0);
        c01.intoArray(c, c0 + L);
        c02.intoArray(c, c0 + 2 * L);
        c03.intoArray(c, c0 + 3 * L);
        c10.intoArray(c, c1);
        c11.intoArray(c, c1 + L);
        c12.intoArray(c, c1 + 2 * L);
        c13.intoArray(c, c1 + 3 * L);
    }

    /** Two vectors of each. */
    static void two(
            int depth, float[] a, int a0, int a1, float[] b, int b0, int b1, int bStep, float[] c, int c0, int c1) {
        FloatVector c00 = FloatVector.zero(S);
        FloatVector c01 = FloatVector.zero(S);
        FloatVector c10 = FloatVector.zero(S);
        FloatVector c11 = FloatVector.zero(S);
        for (int k = 0, bk = b0, bl = b1; k < depth; k++, bk += bStep, bl += bStep) {
            FloatVector x = FloatVector.broadcast(S, a[a0 + k]);
            c00 = x.fma(FloatVector.fromArray(S, b, bk), c00);
            c01 = x.fma(FloatVector.fromArray(S, b, bk + L), c01);
            x = FloatVector.broadcast(S, a[a1 + k]);
            c10 = x.fma(FloatVector.fromArray(S, b, bl), c10);
            c11 = x.fma(FloatVector.fromArray(S, b, bl + L), c11);
        }
        c00.intoArray(c, c0);
        c01.intoArray(c, c0 + L);
        c10.intoArray(c, c1);
        c11.intoArray(c, c1 + L);
    }

    /** A vector of each. */
    static void one(
            int depth, float[] a, int a0, int a1, float[] b, int b0, int b1, int bStep, float[] c, int c0, int c1) {
        FloatVector c00 = FloatVector.zero(S);
        FloatVector c10 = FloatVector.zero(S);
        for (int k = 0, bk = b0, bl = b1; k < depth; k++, bk += bStep, bl += bStep) {
            FloatVector x = FloatVector.broadcast(S, a[a0 + k]);
            c00 = x.fma(FloatVector.fromArray(S, b, bk), c00);
            x = FloatVector.broadcast(S, a[a1 + k]);
            c10 = x.fma(FloatVector.fromArray(S, b, bl), c10);
        }
        c00.intoArray(c, c0);
        c10.intoArray(c, c1);
    }
}
