package io.nanogpt.impl.cpu.vector;

import static io.nanogpt.impl.cpu.vector.VectorMath.S;

import jdk.incubator.vector.FloatVector;

/**
 * Register tiles of the matrix product as wide as a panel of three vectors, which a machine with sixteen vector registers
 * has: four rows take twelve of them for sums, three for {@code b} and one for {@code a}. Parameters are those of
 * {@link io.nanogpt.impl.cpu.Kernels#multiply}.
 *
 * <p>Nothing here is shared with {@link PanelsOfFour}: a local variable of a fourth vector, even behind a constant that is
 * false, is a value that C2 keeps for the interpreter, and then it spills in the loop. Strides are variables for that
 * reason too: where they are constants, Java 17 is 4 % faster, and Java 25 spills, at half the speed (256 bits, Zen 3).
 */
final class PanelsOfThree {
    private static final int L = S.length();
    /** Columns of a panel. */
    private static final int PANEL = 3 * L;

    private PanelsOfThree() {}

    /** Four rows by a panel. */
    static void tile4(
            int depth,
            float[] a,
            int a0,
            int aRow,
            int aStep,
            float[] b,
            int b0,
            int bStep,
            float[] init,
            int i0,
            int iRow,
            float[] c,
            int c0,
            int cRow) {
        FloatVector c00 = FloatVector.fromArray(S, init, i0);
        FloatVector c01 = FloatVector.fromArray(S, init, i0 + L);
        FloatVector c02 = FloatVector.fromArray(S, init, i0 + 2 * L);
        int i1 = i0 + iRow;
        FloatVector c10 = FloatVector.fromArray(S, init, i1);
        FloatVector c11 = FloatVector.fromArray(S, init, i1 + L);
        FloatVector c12 = FloatVector.fromArray(S, init, i1 + 2 * L);
        int i2 = i1 + iRow;
        FloatVector c20 = FloatVector.fromArray(S, init, i2);
        FloatVector c21 = FloatVector.fromArray(S, init, i2 + L);
        FloatVector c22 = FloatVector.fromArray(S, init, i2 + 2 * L);
        int i3 = i2 + iRow;
        FloatVector c30 = FloatVector.fromArray(S, init, i3);
        FloatVector c31 = FloatVector.fromArray(S, init, i3 + L);
        FloatVector c32 = FloatVector.fromArray(S, init, i3 + 2 * L);
        for (int k = 0, ak = a0, bk = b0; k < depth; k++, ak += aStep, bk += bStep) {
            FloatVector v0 = FloatVector.fromArray(S, b, bk);
            FloatVector v1 = FloatVector.fromArray(S, b, bk + L);
            FloatVector v2 = FloatVector.fromArray(S, b, bk + 2 * L);
            FloatVector x = FloatVector.broadcast(S, a[ak]);
            c00 = x.fma(v0, c00);
            c01 = x.fma(v1, c01);
            c02 = x.fma(v2, c02);
            x = FloatVector.broadcast(S, a[ak + aRow]);
            c10 = x.fma(v0, c10);
            c11 = x.fma(v1, c11);
            c12 = x.fma(v2, c12);
            x = FloatVector.broadcast(S, a[ak + 2 * aRow]);
            c20 = x.fma(v0, c20);
            c21 = x.fma(v1, c21);
            c22 = x.fma(v2, c22);
            x = FloatVector.broadcast(S, a[ak + 3 * aRow]);
            c30 = x.fma(v0, c30);
            c31 = x.fma(v1, c31);
            c32 = x.fma(v2, c32);
        }
        c00.intoArray(c, c0);
        c01.intoArray(c, c0 + L);
        c02.intoArray(c, c0 + 2 * L);
        int c1 = c0 + cRow;
        c10.intoArray(c, c1);
        c11.intoArray(c, c1 + L);
        c12.intoArray(c, c1 + 2 * L);
        int c2 = c1 + cRow;
        c20.intoArray(c, c2);
        c21.intoArray(c, c2 + L);
        c22.intoArray(c, c2 + 2 * L);
        int c3 = c2 + cRow;
        c30.intoArray(c, c3);
        c31.intoArray(c, c3 + L);
        c32.intoArray(c, c3 + 2 * L);
    }

    /** One row by a panel. */
    static void tile1(
            int depth,
            float[] a,
            int a0,
            int aStep,
            float[] b,
            int b0,
            int bStep,
            float[] init,
            int i0,
            float[] c,
            int c0) {
        FloatVector c00 = FloatVector.fromArray(S, init, i0);
        FloatVector c01 = FloatVector.fromArray(S, init, i0 + L);
        FloatVector c02 = FloatVector.fromArray(S, init, i0 + 2 * L);
        for (int k = 0, ak = a0, bk = b0; k < depth; k++, ak += aStep, bk += bStep) {
            FloatVector x = FloatVector.broadcast(S, a[ak]);
            c00 = x.fma(FloatVector.fromArray(S, b, bk), c00);
            c01 = x.fma(FloatVector.fromArray(S, b, bk + L), c01);
            c02 = x.fma(FloatVector.fromArray(S, b, bk + 2 * L), c02);
        }
        c00.intoArray(c, c0);
        c01.intoArray(c, c0 + L);
        c02.intoArray(c, c0 + 2 * L);
    }

    /** One row by two panels, one after the other. The strides are known, hence no bounds checks. */
    static void pair1(
            int depth, float[] a, int a0, float[] b, int b0, float[] init, int i0, int i1, float[] c, int c0) {
        int b1 = b0 + depth * PANEL;
        FloatVector c00 = FloatVector.fromArray(S, init, i0);
        FloatVector c01 = FloatVector.fromArray(S, init, i0 + L);
        FloatVector c02 = FloatVector.fromArray(S, init, i0 + 2 * L);
        FloatVector c10 = FloatVector.fromArray(S, init, i1);
        FloatVector c11 = FloatVector.fromArray(S, init, i1 + L);
        FloatVector c12 = FloatVector.fromArray(S, init, i1 + 2 * L);
        for (int k = 0; k < depth; k++) {
            FloatVector x = FloatVector.broadcast(S, a[a0 + k]);
            c00 = x.fma(FloatVector.fromArray(S, b, b0 + k * PANEL), c00);
            c01 = x.fma(FloatVector.fromArray(S, b, b0 + k * PANEL + L), c01);
            c02 = x.fma(FloatVector.fromArray(S, b, b0 + k * PANEL + 2 * L), c02);
            c10 = x.fma(FloatVector.fromArray(S, b, b1 + k * PANEL), c10);
            c11 = x.fma(FloatVector.fromArray(S, b, b1 + k * PANEL + L), c11);
            c12 = x.fma(FloatVector.fromArray(S, b, b1 + k * PANEL + 2 * L), c12);
        }
        c00.intoArray(c, c0);
        c01.intoArray(c, c0 + L);
        c02.intoArray(c, c0 + 2 * L);
        int c1 = c0 + PANEL;
        c10.intoArray(c, c1);
        c11.intoArray(c, c1 + L);
        c12.intoArray(c, c1 + 2 * L);
    }
}
