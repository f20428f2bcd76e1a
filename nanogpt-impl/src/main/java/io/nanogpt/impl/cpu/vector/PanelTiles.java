package io.nanogpt.impl.cpu.vector;

import static io.nanogpt.impl.cpu.vector.VectorMath.S;

import jdk.incubator.vector.FloatVector;

/**
 * Four rows by a panel of four vectors, where the strides of both operands are constants: C2 then takes the range checks
 * out of the loop and unrolls it. At 512 bits that is a tenth to a quarter faster than {@link Tiles#tile4}; at 256 and 128 bits it is slower.
 */
final class PanelTiles {
    private static final int L = S.length();
    private static final int PANEL = 4 * L;
    /** Whether they are the faster ones. */
    static final boolean USED = L == 16;

    /** From one element of a row of {@code a} to the next where {@code a} was copied in strips. */
    static final int STRIP = 16;

    private PanelTiles() {}

    /** Elements of a row of {@code a} are consecutive. */
    static void rows(
            int depth,
            float[] a,
            int a0,
            int aRow,
            float[] b,
            int b0,
            float[] init,
            int i0,
            int iRow,
            float[] c,
            int c0,
            int cRow) {
        FloatVector c00 = FloatVector.fromArray(S, init, i0);
        FloatVector c01 = FloatVector.fromArray(S, init, i0 + L);
        FloatVector c02 = FloatVector.fromArray(S, init, i0 + 2 * L);
        FloatVector c03 = FloatVector.fromArray(S, init, i0 + 3 * L);
        int i1 = i0 + iRow;
        FloatVector c10 = FloatVector.fromArray(S, init, i1);
        FloatVector c11 = FloatVector.fromArray(S, init, i1 + L);
        FloatVector c12 = FloatVector.fromArray(S, init, i1 + 2 * L);
        FloatVector c13 = FloatVector.fromArray(S, init, i1 + 3 * L);
        int i2 = i1 + iRow;
        FloatVector c20 = FloatVector.fromArray(S, init, i2);
        FloatVector c21 = FloatVector.fromArray(S, init, i2 + L);
        FloatVector c22 = FloatVector.fromArray(S, init, i2 + 2 * L);
        FloatVector c23 = FloatVector.fromArray(S, init, i2 + 3 * L);
        int i3 = i2 + iRow;
        FloatVector c30 = FloatVector.fromArray(S, init, i3);
        FloatVector c31 = FloatVector.fromArray(S, init, i3 + L);
        FloatVector c32 = FloatVector.fromArray(S, init, i3 + 2 * L);
        FloatVector c33 = FloatVector.fromArray(S, init, i3 + 3 * L);
        for (int k = 0; k < depth; k++) {
            FloatVector v0 = FloatVector.fromArray(S, b, b0 + k * PANEL);
            FloatVector v1 = FloatVector.fromArray(S, b, b0 + k * PANEL + L);
            FloatVector v2 = FloatVector.fromArray(S, b, b0 + k * PANEL + 2 * L);
            FloatVector v3 = FloatVector.fromArray(S, b, b0 + k * PANEL + 3 * L);
            FloatVector x = FloatVector.broadcast(S, a[a0 + k]);
            c00 = x.fma(v0, c00);
            c01 = x.fma(v1, c01);
            c02 = x.fma(v2, c02);
            c03 = x.fma(v3, c03);
            x = FloatVector.broadcast(S, a[a0 + aRow + k]);
            c10 = x.fma(v0, c10);
            c11 = x.fma(v1, c11);
            c12 = x.fma(v2, c12);
            c13 = x.fma(v3, c13);
            x = FloatVector.broadcast(S, a[a0 + 2 * aRow + k]);
            c20 = x.fma(v0, c20);
            c21 = x.fma(v1, c21);
            c22 = x.fma(v2, c22);
            c23 = x.fma(v3, c23);
            x = FloatVector.broadcast(S, a[a0 + 3 * aRow + k]);
            c30 = x.fma(v0, c30);
            c31 = x.fma(v1, c31);
            c32 = x.fma(v2, c32);
            c33 = x.fma(v3, c33);
        }
        c00.intoArray(c, c0);
        c01.intoArray(c, c0 + L);
        c02.intoArray(c, c0 + 2 * L);
        c03.intoArray(c, c0 + 3 * L);
        int c1 = c0 + cRow;
        c10.intoArray(c, c1);
        c11.intoArray(c, c1 + L);
        c12.intoArray(c, c1 + 2 * L);
        c13.intoArray(c, c1 + 3 * L);
        int c2 = c1 + cRow;
        c20.intoArray(c, c2);
        c21.intoArray(c, c2 + L);
        c22.intoArray(c, c2 + 2 * L);
        c23.intoArray(c, c2 + 3 * L);
        int c3 = c2 + cRow;
        c30.intoArray(c, c3);
        c31.intoArray(c, c3 + L);
        c32.intoArray(c, c3 + 2 * L);
        c33.intoArray(c, c3 + 3 * L);
    }

    /** Elements of a column of {@code a} are consecutive, and columns {@link #STRIP} apart. */
    static void strip(
            int depth,
            float[] a,
            int a0,
            float[] b,
            int b0,
            float[] init,
            int i0,
            int iRow,
            float[] c,
            int c0,
            int cRow) {
        FloatVector c00 = FloatVector.fromArray(S, init, i0);
        FloatVector c01 = FloatVector.fromArray(S, init, i0 + L);
        FloatVector c02 = FloatVector.fromArray(S, init, i0 + 2 * L);
        FloatVector c03 = FloatVector.fromArray(S, init, i0 + 3 * L);
        int i1 = i0 + iRow;
        FloatVector c10 = FloatVector.fromArray(S, init, i1);
        FloatVector c11 = FloatVector.fromArray(S, init, i1 + L);
        FloatVector c12 = FloatVector.fromArray(S, init, i1 + 2 * L);
        FloatVector c13 = FloatVector.fromArray(S, init, i1 + 3 * L);
        int i2 = i1 + iRow;
        FloatVector c20 = FloatVector.fromArray(S, init, i2);
        FloatVector c21 = FloatVector.fromArray(S, init, i2 + L);
        FloatVector c22 = FloatVector.fromArray(S, init, i2 + 2 * L);
        FloatVector c23 = FloatVector.fromArray(S, init, i2 + 3 * L);
        int i3 = i2 + iRow;
        FloatVector c30 = FloatVector.fromArray(S, init, i3);
        FloatVector c31 = FloatVector.fromArray(S, init, i3 + L);
        FloatVector c32 = FloatVector.fromArray(S, init, i3 + 2 * L);
        FloatVector c33 = FloatVector.fromArray(S, init, i3 + 3 * L);
        for (int k = 0; k < depth; k++) {
            FloatVector v0 = FloatVector.fromArray(S, b, b0 + k * PANEL);
            FloatVector v1 = FloatVector.fromArray(S, b, b0 + k * PANEL + L);
            FloatVector v2 = FloatVector.fromArray(S, b, b0 + k * PANEL + 2 * L);
            FloatVector v3 = FloatVector.fromArray(S, b, b0 + k * PANEL + 3 * L);
            FloatVector x = FloatVector.broadcast(S, a[a0 + k * STRIP]);
            c00 = x.fma(v0, c00);
            c01 = x.fma(v1, c01);
            c02 = x.fma(v2, c02);
            c03 = x.fma(v3, c03);
            x = FloatVector.broadcast(S, a[a0 + k * STRIP + 1]);
            c10 = x.fma(v0, c10);
            c11 = x.fma(v1, c11);
            c12 = x.fma(v2, c12);
            c13 = x.fma(v3, c13);
            x = FloatVector.broadcast(S, a[a0 + k * STRIP + 2]);
            c20 = x.fma(v0, c20);
            c21 = x.fma(v1, c21);
            c22 = x.fma(v2, c22);
            c23 = x.fma(v3, c23);
            x = FloatVector.broadcast(S, a[a0 + k * STRIP + 3]);
            c30 = x.fma(v0, c30);
            c31 = x.fma(v1, c31);
            c32 = x.fma(v2, c32);
            c33 = x.fma(v3, c33);
        }
        c00.intoArray(c, c0);
        c01.intoArray(c, c0 + L);
        c02.intoArray(c, c0 + 2 * L);
        c03.intoArray(c, c0 + 3 * L);
        int c1 = c0 + cRow;
        c10.intoArray(c, c1);
        c11.intoArray(c, c1 + L);
        c12.intoArray(c, c1 + 2 * L);
        c13.intoArray(c, c1 + 3 * L);
        int c2 = c1 + cRow;
        c20.intoArray(c, c2);
        c21.intoArray(c, c2 + L);
        c22.intoArray(c, c2 + 2 * L);
        c23.intoArray(c, c2 + 3 * L);
        int c3 = c2 + cRow;
        c30.intoArray(c, c3);
        c31.intoArray(c, c3 + L);
        c32.intoArray(c, c3 + 2 * L);
        c33.intoArray(c, c3 + 3 * L);
    }
}
