package io.nanogpt.impl.cpu.vector;

import static io.nanogpt.impl.cpu.vector.VectorMath.S;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Register tiles of the matrix product that are narrower than a panel, unrolled by hand: the accumulators must be local
 * variables to stay in registers, twelve of them hide the latency of the fused multiply-add (four or five cycles at two a
 * cycle on most cores), and each loop stands in a short static method of its own so that C2 compiles it whole. Parameters
 * are those of {@link io.nanogpt.impl.cpu.Kernels#multiply}.
 */
final class Tiles {
    private static final int L = S.length();

    private Tiles() {}

    /** Eight rows by two vectors. */
    static void tile8x2(
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
        FloatVector c10 = FloatVector.fromArray(S, init, i0 + iRow);
        FloatVector c11 = FloatVector.fromArray(S, init, i0 + iRow + L);
        FloatVector c20 = FloatVector.fromArray(S, init, i0 + 2 * iRow);
        FloatVector c21 = FloatVector.fromArray(S, init, i0 + 2 * iRow + L);
        FloatVector c30 = FloatVector.fromArray(S, init, i0 + 3 * iRow);
        FloatVector c31 = FloatVector.fromArray(S, init, i0 + 3 * iRow + L);
        FloatVector c40 = FloatVector.fromArray(S, init, i0 + 4 * iRow);
        FloatVector c41 = FloatVector.fromArray(S, init, i0 + 4 * iRow + L);
        FloatVector c50 = FloatVector.fromArray(S, init, i0 + 5 * iRow);
        FloatVector c51 = FloatVector.fromArray(S, init, i0 + 5 * iRow + L);
        FloatVector c60 = FloatVector.fromArray(S, init, i0 + 6 * iRow);
        FloatVector c61 = FloatVector.fromArray(S, init, i0 + 6 * iRow + L);
        FloatVector c70 = FloatVector.fromArray(S, init, i0 + 7 * iRow);
        FloatVector c71 = FloatVector.fromArray(S, init, i0 + 7 * iRow + L);
        for (int k = 0, ak = a0, bk = b0; k < depth; k++, ak += aStep, bk += bStep) {
            FloatVector v0 = FloatVector.fromArray(S, b, bk);
            FloatVector v1 = FloatVector.fromArray(S, b, bk + L);
            FloatVector x = FloatVector.broadcast(S, a[ak]);
            c00 = x.fma(v0, c00);
            c01 = x.fma(v1, c01);
            x = FloatVector.broadcast(S, a[ak + aRow]);
            c10 = x.fma(v0, c10);
            c11 = x.fma(v1, c11);
            x = FloatVector.broadcast(S, a[ak + 2 * aRow]);
            c20 = x.fma(v0, c20);
            c21 = x.fma(v1, c21);
            x = FloatVector.broadcast(S, a[ak + 3 * aRow]);
            c30 = x.fma(v0, c30);
            c31 = x.fma(v1, c31);
            x = FloatVector.broadcast(S, a[ak + 4 * aRow]);
            c40 = x.fma(v0, c40);
            c41 = x.fma(v1, c41);
            x = FloatVector.broadcast(S, a[ak + 5 * aRow]);
            c50 = x.fma(v0, c50);
            c51 = x.fma(v1, c51);
            x = FloatVector.broadcast(S, a[ak + 6 * aRow]);
            c60 = x.fma(v0, c60);
            c61 = x.fma(v1, c61);
            x = FloatVector.broadcast(S, a[ak + 7 * aRow]);
            c70 = x.fma(v0, c70);
            c71 = x.fma(v1, c71);
        }
        c00.intoArray(c, c0);
        c01.intoArray(c, c0 + L);
        c10.intoArray(c, c0 + cRow);
        c11.intoArray(c, c0 + cRow + L);
        c20.intoArray(c, c0 + 2 * cRow);
        c21.intoArray(c, c0 + 2 * cRow + L);
        c30.intoArray(c, c0 + 3 * cRow);
        c31.intoArray(c, c0 + 3 * cRow + L);
        c40.intoArray(c, c0 + 4 * cRow);
        c41.intoArray(c, c0 + 4 * cRow + L);
        c50.intoArray(c, c0 + 5 * cRow);
        c51.intoArray(c, c0 + 5 * cRow + L);
        c60.intoArray(c, c0 + 6 * cRow);
        c61.intoArray(c, c0 + 6 * cRow + L);
        c70.intoArray(c, c0 + 7 * cRow);
        c71.intoArray(c, c0 + 7 * cRow + L);
    }

    /** Four rows by two vectors. */
    static void tile4x2(
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
        FloatVector c10 = FloatVector.fromArray(S, init, i0 + iRow);
        FloatVector c11 = FloatVector.fromArray(S, init, i0 + iRow + L);
        FloatVector c20 = FloatVector.fromArray(S, init, i0 + 2 * iRow);
        FloatVector c21 = FloatVector.fromArray(S, init, i0 + 2 * iRow + L);
        FloatVector c30 = FloatVector.fromArray(S, init, i0 + 3 * iRow);
        FloatVector c31 = FloatVector.fromArray(S, init, i0 + 3 * iRow + L);
        for (int k = 0, ak = a0, bk = b0; k < depth; k++, ak += aStep, bk += bStep) {
            FloatVector v0 = FloatVector.fromArray(S, b, bk);
            FloatVector v1 = FloatVector.fromArray(S, b, bk + L);
            FloatVector x = FloatVector.broadcast(S, a[ak]);
            c00 = x.fma(v0, c00);
            c01 = x.fma(v1, c01);
            x = FloatVector.broadcast(S, a[ak + aRow]);
            c10 = x.fma(v0, c10);
            c11 = x.fma(v1, c11);
            x = FloatVector.broadcast(S, a[ak + 2 * aRow]);
            c20 = x.fma(v0, c20);
            c21 = x.fma(v1, c21);
            x = FloatVector.broadcast(S, a[ak + 3 * aRow]);
            c30 = x.fma(v0, c30);
            c31 = x.fma(v1, c31);
        }
        c00.intoArray(c, c0);
        c01.intoArray(c, c0 + L);
        c10.intoArray(c, c0 + cRow);
        c11.intoArray(c, c0 + cRow + L);
        c20.intoArray(c, c0 + 2 * cRow);
        c21.intoArray(c, c0 + 2 * cRow + L);
        c30.intoArray(c, c0 + 3 * cRow);
        c31.intoArray(c, c0 + 3 * cRow + L);
    }

    /** Eight rows by one vector. */
    static void tile8x1(
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
        FloatVector c10 = FloatVector.fromArray(S, init, i0 + iRow);
        FloatVector c20 = FloatVector.fromArray(S, init, i0 + 2 * iRow);
        FloatVector c30 = FloatVector.fromArray(S, init, i0 + 3 * iRow);
        FloatVector c40 = FloatVector.fromArray(S, init, i0 + 4 * iRow);
        FloatVector c50 = FloatVector.fromArray(S, init, i0 + 5 * iRow);
        FloatVector c60 = FloatVector.fromArray(S, init, i0 + 6 * iRow);
        FloatVector c70 = FloatVector.fromArray(S, init, i0 + 7 * iRow);
        for (int k = 0, ak = a0, bk = b0; k < depth; k++, ak += aStep, bk += bStep) {
            FloatVector v = FloatVector.fromArray(S, b, bk);
            c00 = FloatVector.broadcast(S, a[ak]).fma(v, c00);
            c10 = FloatVector.broadcast(S, a[ak + aRow]).fma(v, c10);
            c20 = FloatVector.broadcast(S, a[ak + 2 * aRow]).fma(v, c20);
            c30 = FloatVector.broadcast(S, a[ak + 3 * aRow]).fma(v, c30);
            c40 = FloatVector.broadcast(S, a[ak + 4 * aRow]).fma(v, c40);
            c50 = FloatVector.broadcast(S, a[ak + 5 * aRow]).fma(v, c50);
            c60 = FloatVector.broadcast(S, a[ak + 6 * aRow]).fma(v, c60);
            c70 = FloatVector.broadcast(S, a[ak + 7 * aRow]).fma(v, c70);
        }
        c00.intoArray(c, c0);
        c10.intoArray(c, c0 + cRow);
        c20.intoArray(c, c0 + 2 * cRow);
        c30.intoArray(c, c0 + 3 * cRow);
        c40.intoArray(c, c0 + 4 * cRow);
        c50.intoArray(c, c0 + 5 * cRow);
        c60.intoArray(c, c0 + 6 * cRow);
        c70.intoArray(c, c0 + 7 * cRow);
    }

    /** Four rows by one vector. */
    static void tile4x1(
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
        FloatVector c10 = FloatVector.fromArray(S, init, i0 + iRow);
        FloatVector c20 = FloatVector.fromArray(S, init, i0 + 2 * iRow);
        FloatVector c30 = FloatVector.fromArray(S, init, i0 + 3 * iRow);
        for (int k = 0, ak = a0, bk = b0; k < depth; k++, ak += aStep, bk += bStep) {
            FloatVector v = FloatVector.fromArray(S, b, bk);
            c00 = FloatVector.broadcast(S, a[ak]).fma(v, c00);
            c10 = FloatVector.broadcast(S, a[ak + aRow]).fma(v, c10);
            c20 = FloatVector.broadcast(S, a[ak + 2 * aRow]).fma(v, c20);
            c30 = FloatVector.broadcast(S, a[ak + 3 * aRow]).fma(v, c30);
        }
        c00.intoArray(c, c0);
        c10.intoArray(c, c0 + cRow);
        c20.intoArray(c, c0 + 2 * cRow);
        c30.intoArray(c, c0 + 3 * cRow);
    }

    /** Four rows by one vector, of which only the lanes of the mask exist in {@code b}. */
    static void edge4x1(
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
            int cRow,
            VectorMask<Float> mask) {
        FloatVector c00 = FloatVector.fromArray(S, init, i0);
        FloatVector c10 = FloatVector.fromArray(S, init, i0 + iRow);
        FloatVector c20 = FloatVector.fromArray(S, init, i0 + 2 * iRow);
        FloatVector c30 = FloatVector.fromArray(S, init, i0 + 3 * iRow);
        for (int k = 0, ak = a0, bk = b0; k < depth; k++, ak += aStep, bk += bStep) {
            FloatVector v = FloatVector.fromArray(S, b, bk, mask);
            c00 = FloatVector.broadcast(S, a[ak]).fma(v, c00);
            c10 = FloatVector.broadcast(S, a[ak + aRow]).fma(v, c10);
            c20 = FloatVector.broadcast(S, a[ak + 2 * aRow]).fma(v, c20);
            c30 = FloatVector.broadcast(S, a[ak + 3 * aRow]).fma(v, c30);
        }
        c00.intoArray(c, c0);
        c10.intoArray(c, c0 + cRow);
        c20.intoArray(c, c0 + 2 * cRow);
        c30.intoArray(c, c0 + 3 * cRow);
    }

    /** One row by one vector. */
    static void tile1x1(
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
        FloatVector sum = FloatVector.fromArray(S, init, i0);
        for (int k = 0, ak = a0, bk = b0; k < depth; k++, ak += aStep, bk += bStep) {
            sum = FloatVector.broadcast(S, a[ak]).fma(FloatVector.fromArray(S, b, bk), sum);
        }
        sum.intoArray(c, c0);
    }

    /** One row by one vector, of which only the lanes of the mask exist in {@code b}. */
    static void edge1x1(
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
            int c0,
            VectorMask<Float> mask) {
        FloatVector sum = FloatVector.fromArray(S, init, i0);
        for (int k = 0, ak = a0, bk = b0; k < depth; k++, ak += aStep, bk += bStep) {
            sum = FloatVector.broadcast(S, a[ak]).fma(FloatVector.fromArray(S, b, bk, mask), sum);
        }
        sum.intoArray(c, c0);
    }
}
