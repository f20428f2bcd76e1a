package io.nanogpt.impl.cpu.vector;

import static io.nanogpt.impl.cpu.vector.VectorMath.S;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Panels of rounded weights, see {@code RoundedWeight}. A vector of integers holds two vectors of bfloat16,
 * or four of 8-bit integers, which shifts and masks make floats of: conversions between vectors of other sizes were half as
 * fast. Eight sums hide the latency of the fused multiply-add; with twelve C2 spills.
 */
final class RoundedPanels {
    private static final VectorSpecies<Integer> I = VectorSpecies.of(int.class, S.vectorShape());
    private static final int L = S.length();
    /** Columns of a panel. */
    static final int PANEL = 8 * L;

    private static final boolean FOUR = MatrixProduct.FOUR;
    /** Columns of a panel of {@link #expandHalves} and {@link #expandBytes}: two panels of four vectors, or one of eight. */
    static final int EXPANDED = FOUR ? 4 * L : PANEL;

    private RoundedPanels() {}

    /** One row by a panel of bfloat16. */
    static void halves(int depth, float[] a, int a0, int[] b, int b0, float[] init, int i0, float[] c, int c0) {
        FloatVector s0 = FloatVector.fromArray(S, init, i0);
        FloatVector s1 = FloatVector.fromArray(S, init, i0 + L);
        FloatVector s2 = FloatVector.fromArray(S, init, i0 + 2 * L);
        FloatVector s3 = FloatVector.fromArray(S, init, i0 + 3 * L);
        FloatVector s4 = FloatVector.fromArray(S, init, i0 + 4 * L);
        FloatVector s5 = FloatVector.fromArray(S, init, i0 + 5 * L);
        FloatVector s6 = FloatVector.fromArray(S, init, i0 + 6 * L);
        FloatVector s7 = FloatVector.fromArray(S, init, i0 + 7 * L);
        for (int k = 0; k < depth; k++) {
            FloatVector x = FloatVector.broadcast(S, a[a0 + k]);
            IntVector v0 = IntVector.fromArray(I, b, b0 + k * 4 * L);
            s0 = x.fma(high(v0), s0);
            s1 = x.fma(low(v0), s1);
            IntVector v1 = IntVector.fromArray(I, b, b0 + k * 4 * L + L);
            s2 = x.fma(high(v1), s2);
            s3 = x.fma(low(v1), s3);
            IntVector v2 = IntVector.fromArray(I, b, b0 + k * 4 * L + 2 * L);
            s4 = x.fma(high(v2), s4);
            s5 = x.fma(low(v2), s5);
            IntVector v3 = IntVector.fromArray(I, b, b0 + k * 4 * L + 3 * L);
            s6 = x.fma(high(v3), s6);
            s7 = x.fma(low(v3), s7);
        }
        s0.intoArray(c, c0);
        s1.intoArray(c, c0 + L);
        s2.intoArray(c, c0 + 2 * L);
        s3.intoArray(c, c0 + 3 * L);
        s4.intoArray(c, c0 + 4 * L);
        s5.intoArray(c, c0 + 5 * L);
        s6.intoArray(c, c0 + 6 * L);
        s7.intoArray(c, c0 + 7 * L);
    }

    /** One row by a panel of 8-bit integers. */
    static void bytes(int depth, float[] a, int a0, int[] b, int b0, float[] init, int i0, float[] c, int c0) {
        FloatVector s0 = FloatVector.fromArray(S, init, i0);
        FloatVector s1 = FloatVector.fromArray(S, init, i0 + L);
        FloatVector s2 = FloatVector.fromArray(S, init, i0 + 2 * L);
        FloatVector s3 = FloatVector.fromArray(S, init, i0 + 3 * L);
        FloatVector s4 = FloatVector.fromArray(S, init, i0 + 4 * L);
        FloatVector s5 = FloatVector.fromArray(S, init, i0 + 5 * L);
        FloatVector s6 = FloatVector.fromArray(S, init, i0 + 6 * L);
        FloatVector s7 = FloatVector.fromArray(S, init, i0 + 7 * L);
        for (int k = 0; k < depth; k++) {
            FloatVector x = FloatVector.broadcast(S, a[a0 + k]);
            IntVector v0 = IntVector.fromArray(I, b, b0 + k * 2 * L);
            s0 = x.fma(top(v0), s0);
            s1 = x.fma(byteOf(v0, 8), s1);
            s2 = x.fma(byteOf(v0, 16), s2);
            s3 = x.fma(byteOf(v0, 24), s3);
            IntVector v1 = IntVector.fromArray(I, b, b0 + k * 2 * L + L);
            s4 = x.fma(top(v1), s4);
            s5 = x.fma(byteOf(v1, 8), s5);
            s6 = x.fma(byteOf(v1, 16), s6);
            s7 = x.fma(byteOf(v1, 24), s7);
        }
        s0.intoArray(c, c0);
        s1.intoArray(c, c0 + L);
        s2.intoArray(c, c0 + 2 * L);
        s3.intoArray(c, c0 + 3 * L);
        s4.intoArray(c, c0 + 4 * L);
        s5.intoArray(c, c0 + 5 * L);
        s6.intoArray(c, c0 + 6 * L);
        s7.intoArray(c, c0 + 7 * L);
    }

    /**
     * The floats of bfloat16. One vector of a row at a time: with more of them in a loop C2 allocated those that were still to
     * be stored.
     */
    static void expandHalves(int depth, int[] b, int b0, float[] c) {
        for (int word = 0; word < 4; word++) {
            high(depth, b, b0 + word * L, c, expanded(2 * word, depth));
            low(depth, b, b0 + word * L, c, expanded(2 * word + 1, depth));
        }
    }

    /** The floats of 8-bit integers. */
    static void expandBytes(int depth, int[] b, int b0, float[] c) {
        for (int word = 0; word < 2; word++) {
            for (int i = 0; i < 4; i++) {
                expandByte(depth, b, b0 + word * L, 8 * i, c, expanded(4 * word + i, depth));
            }
        }
    }

    /** The index of a vector of the first of the rows. */
    private static int expanded(int vector, int depth) {
        return FOUR && vector >= 4 ? depth * EXPANDED + (vector - 4) * L : vector * L;
    }

    private static void high(int depth, int[] b, int b0, float[] c, int c0) {
        for (int k = 0; k < depth; k++) {
            high(IntVector.fromArray(I, b, b0 + k * 4 * L)).intoArray(c, c0 + k * EXPANDED);
        }
    }

    private static void low(int depth, int[] b, int b0, float[] c, int c0) {
        for (int k = 0; k < depth; k++) {
            low(IntVector.fromArray(I, b, b0 + k * 4 * L)).intoArray(c, c0 + k * EXPANDED);
        }
    }

    private static void expandByte(int depth, int[] b, int b0, int above, float[] c, int c0) {
        for (int k = 0; k < depth; k++) {
            byteOf(IntVector.fromArray(I, b, b0 + k * 2 * L), above).intoArray(c, c0 + k * EXPANDED);
        }
    }

    private static FloatVector high(IntVector v) {
        return v.and(0xFFFF0000).reinterpretAsFloats();
    }

    private static FloatVector low(IntVector v) {
        return v.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
    }

    private static FloatVector top(IntVector v) {
        return (FloatVector) v.lanewise(VectorOperators.ASHR, 24).convert(VectorOperators.I2F, 0);
    }

    /** The byte that is left of the others once {@code above} bits are shifted out. */
    private static FloatVector byteOf(IntVector v, int above) {
        return top(v.lanewise(VectorOperators.LSHL, above));
    }
}
