package io.nanogpt.impl.cpu.vector;

import static io.nanogpt.impl.cpu.vector.VectorMath.S;

import jdk.incubator.vector.FloatVector;

/**
 * Register tiles of the matrix product as wide as a panel of four vectors, which a machine with 32 vector registers has.
 * Parameters are those of {@link io.nanogpt.impl.cpu.Kernels#multiply}.
 */
final class PanelsOfFour {
    private static final int L = S.length();
    /** Columns of a panel. */
    private static final int PANEL = 4 * L;
    /**
     * Whether {@link #rows} and {@link #strip} are the faster ones, where the strides of both operands are constants: C2
     * then takes the range checks out of the loop and unrolls it. At 512 bits that is a tenth to a quarter faster than
     * {@link #tile4}; at 256 and 128 bits it is slower.
     */
    static final boolean CONSTANT_STRIDES = L == 16;

    /** From one element of a row of {@code a} to the next where {@code a} was copied in strips. */
    static final int STRIP = 16;

    private PanelsOfFour() {}

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
        for (int k = 0, ak = a0, bk = b0; k < depth; k++, ak += aStep, bk += bStep) {
            FloatVector v0 = FloatVector.fromArray(S, b, bk);
            FloatVector v1 = FloatVector.fromArray(S, b, bk + L);
            FloatVector v2 = FloatVector.fromArray(S, b, bk + 2 * L);
            FloatVector v3 = FloatVector.fromArray(S, b, bk + 3 * L);
            FloatVector x = FloatVector.broadcast(S, a[ak]);
            c00 = x.fma(v0, c00);
            c01 = x.fma(v1, c01);
            c02 = x.fma(v2, c02);
            c03 = x.fma(v3, c03);
            x = FloatVector.broadcast(S, a[ak + aRow]);
            c10 = x.fma(v0, c10);
            c11 = x.fma(v1, c11);
            c12 = x.fma(v2, c12);
            c13 = x.fma(v3, c13);
            x = FloatVector.broadcast(S, a[ak + 2 * aRow]);
            c20 = x.fma(v0, c20);
            c21 = x.fma(v1, c21);
            c22 = x.fma(v2, c22);
            c23 = x.fma(v3, c23);
            x = FloatVector.broadcast(S, a[ak + 3 * aRow]);
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
        FloatVector c03 = FloatVector.fromArray(S, init, i0 + 3 * L);
        for (int k = 0, ak = a0, bk = b0; k < depth; k++, ak += aStep, bk += bStep) {
            FloatVector x = FloatVector.broadcast(S, a[ak]);
            c00 = x.fma(FloatVector.fromArray(S, b, bk), c00);
            c01 = x.fma(FloatVector.fromArray(S, b, bk + L), c01);
            c02 = x.fma(FloatVector.fromArray(S, b, bk + 2 * L), c02);
            c03 = x.fma(FloatVector.fromArray(S, b, bk + 3 * L), c03);
        }
        c00.intoArray(c, c0);
        c01.intoArray(c, c0 + L);
        c02.intoArray(c, c0 + 2 * L);
        c03.intoArray(c, c0 + 3 * L);
    }

    /** One row by two panels, one after the other. The strides are known, hence no bounds checks. */
    static void pair1(
            int depth, float[] a, int a0, float[] b, int b0, float[] init, int i0, int i1, float[] c, int c0) {
        int b1 = b0 + depth * PANEL;
        FloatVector c00 = FloatVector.fromArray(S, init, i0);
        FloatVector c01 = FloatVector.fromArray(S, init, i0 + L);
        FloatVector c02 = FloatVector.fromArray(S, init, i0 + 2 * L);
        FloatVector c03 = FloatVector.fromArray(S, init, i0 + 3 * L);
        FloatVector c10 = FloatVector.fromArray(S, init, i1);
        FloatVector c11 = FloatVector.fromArray(S, init, i1 + L);
        FloatVector c12 = FloatVector.fromArray(S, init, i1 + 2 * L);
        FloatVector c13 = FloatVector.fromArray(S, init, i1 + 3 * L);
        for (int k = 0; k < depth; k++) {
            FloatVector x = FloatVector.broadcast(S, a[a0 + k]);
            c00 = x.fma(FloatVector.fromArray(S, b, b0 + k * PANEL), c00);
            c01 = x.fma(FloatVector.fromArray(S, b, b0 + k * PANEL + L), c01);
            c02 = x.fma(FloatVector.fromArray(S, b, b0 + k * PANEL + 2 * L), c02);
            c03 = x.fma(FloatVector.fromArray(S, b, b0 + k * PANEL + 3 * L), c03);
            c10 = x.fma(FloatVector.fromArray(S, b, b1 + k * PANEL), c10);
            c11 = x.fma(FloatVector.fromArray(S, b, b1 + k * PANEL + L), c11);
            c12 = x.fma(FloatVector.fromArray(S, b, b1 + k * PANEL + 2 * L), c12);
            c13 = x.fma(FloatVector.fromArray(S, b, b1 + k * PANEL + 3 * L), c13);
        }
        c00.intoArray(c, c0);
        c01.intoArray(c, c0 + L);
        c02.intoArray(c, c0 + 2 * L);
        c03.intoArray(c, c0 + 3 * L);
        int c1 = c0 + PANEL;
        c10.intoArray(c, c1);
        c11.intoArray(c, c1 + L);
        c12.intoArray(c, c1 + 2 * L);
        c13.intoArray(c, c1 + 3 * L);
    }

    /** Four rows by a panel: elements of a row of {@code a} are consecutive. */
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

    /** Four rows by a panel: elements of a column of {@code a} are consecutive, and columns {@link #STRIP} apart. */
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
