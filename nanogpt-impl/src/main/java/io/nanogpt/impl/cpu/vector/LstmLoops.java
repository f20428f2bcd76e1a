package io.nanogpt.impl.cpu.vector;

import static io.nanogpt.impl.cpu.vector.VectorMath.S;

import jdk.incubator.vector.FloatVector;

/**
 * The vector loops of an LSTM's cell, each in a short static method: in one loop with all its exponentials C2 would box the
 * vectors. {@code bound} is a multiple of the vector length.
 */
final class LstmLoops {
    private static final int L = S.length();

    private LstmLoops() {}

    static void sigmoid(int bound, float[] x, int xo) {
        for (int i = 0; i < bound; i += L) {
            VectorMath.sigmoid(FloatVector.fromArray(S, x, xo + i)).intoArray(x, xo + i);
        }
    }

    static void tanh(int bound, float[] x, int xo, float[] y, int yo) {
        for (int i = 0; i < bound; i += L) {
            VectorMath.tanh(FloatVector.fromArray(S, x, xo + i)).intoArray(y, yo + i);
        }
    }

    /** {@code cell = forget * before + input * candidate}, from activated gates that lie {@code n} apart. */
    static void cell(int bound, int n, float[] gates, int go, float[] before, int bo, float[] cell, int co) {
        for (int i = 0; i < bound; i += L) {
            FloatVector added =
                    FloatVector.fromArray(S, gates, go + i).mul(FloatVector.fromArray(S, gates, go + 2 * n + i));
            FloatVector.fromArray(S, gates, go + n + i)
                    .fma(FloatVector.fromArray(S, before, bo + i), added)
                    .intoArray(cell, co + i);
        }
    }

    /** {@code carried += dh * output * (1 - t^2)}. */
    static void cellGradient(
            int bound, float[] dh, int dho, float[] output, int po, float[] t, int to, float[] carried, int co) {
        FloatVector one = FloatVector.broadcast(S, 1f);
        for (int i = 0; i < bound; i += L) {
            FloatVector tanh = FloatVector.fromArray(S, t, to + i);
            FloatVector.fromArray(S, dh, dho + i)
                    .mul(FloatVector.fromArray(S, output, po + i))
                    .fma(tanh.neg().fma(tanh, one), FloatVector.fromArray(S, carried, co + i))
                    .intoArray(carried, co + i);
        }
    }

    /** {@code out = a * b * gate * (1 - gate)}, the gradient of a sigmoid; {@code out} may be {@code b}. */
    static void sigmoidGradient(
            int bound, float[] a, int ao, float[] b, int bo, float[] gate, int go, float[] out, int oo) {
        FloatVector one = FloatVector.broadcast(S, 1f);
        for (int i = 0; i < bound; i += L) {
            FloatVector g = FloatVector.fromArray(S, gate, go + i);
            FloatVector.fromArray(S, a, ao + i)
                    .mul(FloatVector.fromArray(S, b, bo + i))
                    .mul(g)
                    .mul(one.sub(g))
                    .intoArray(out, oo + i);
        }
    }

    /** {@code out = a * b * (1 - gate^2)}, the gradient of a hyperbolic tangent. */
    static void tanhGradient(
            int bound, float[] a, int ao, float[] b, int bo, float[] gate, int go, float[] out, int oo) {
        FloatVector one = FloatVector.broadcast(S, 1f);
        for (int i = 0; i < bound; i += L) {
            FloatVector g = FloatVector.fromArray(S, gate, go + i);
            FloatVector.fromArray(S, a, ao + i)
                    .mul(FloatVector.fromArray(S, b, bo + i))
                    .mul(g.neg().fma(g, one))
                    .intoArray(out, oo + i);
        }
    }
}
