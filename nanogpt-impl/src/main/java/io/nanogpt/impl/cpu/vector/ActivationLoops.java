package io.nanogpt.impl.cpu.vector;

import static io.nanogpt.impl.cpu.scalar.ScalarRowKernels.GELU_CUBIC;
import static io.nanogpt.impl.cpu.scalar.ScalarRowKernels.GELU_SLOPE;
import static io.nanogpt.impl.cpu.vector.VectorMath.S;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;

/**
 * The vector loops of activations and rotations, each in a short static method; {@code n} is a multiple of the vector
 * length.
 */
final class ActivationLoops {
    private static final int L = S.length();
    private static final VectorShuffle<Float> NEIGHBOUR = VectorShuffle.fromOp(S, lane -> lane ^ 1);

    private ActivationLoops() {}

    static void silu(int n, float[] x, int xo, float[] y, int yo) {
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xo + i);
            v.mul(VectorMath.sigmoid(v)).intoArray(y, yo + i);
        }
    }

    static void siluGradient(int n, float[] dy, int dyo, float[] x, int xo, float[] out, int oo) {
        FloatVector one = FloatVector.broadcast(S, 1f);
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xo + i);
            FloatVector s = VectorMath.sigmoid(v);
            v.mul(s)
                    .fma(one.sub(s), s)
                    .mul(FloatVector.fromArray(S, dy, dyo + i))
                    .intoArray(out, oo + i);
        }
    }

    static void geluTanh(int n, float[] x, int xo, float[] y, int yo) {
        FloatVector one = FloatVector.broadcast(S, 1f);
        FloatVector cubic = FloatVector.broadcast(S, GELU_CUBIC);
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xo + i);
            FloatVector u = v.mul(GELU_SLOPE).mul(v.mul(v).fma(cubic, one));
            v.mul(VectorMath.sigmoid(u)).intoArray(y, yo + i);
        }
    }

    static void geluTanhGradient(int n, float[] dy, int dyo, float[] x, int xo, float[] out, int oo) {
        FloatVector one = FloatVector.broadcast(S, 1f);
        FloatVector cubic = FloatVector.broadcast(S, GELU_CUBIC);
        FloatVector derived = FloatVector.broadcast(S, 3 * GELU_CUBIC);
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xo + i);
            FloatVector square = v.mul(v);
            FloatVector s = VectorMath.sigmoid(v.mul(GELU_SLOPE).mul(square.fma(cubic, one)));
            v.mul(square.fma(derived, one).mul(GELU_SLOPE))
                    .mul(s)
                    .fma(one.sub(s), s)
                    .mul(FloatVector.fromArray(S, dy, dyo + i))
                    .intoArray(out, oo + i);
        }
    }

    static void rotate(
            int n,
            float[] x,
            int xo,
            float[] partner,
            int po,
            float[] table,
            int cosines,
            int sines,
            float[] out,
            int oo) {
        for (int i = 0; i < n; i += L) {
            FloatVector turned =
                    FloatVector.fromArray(S, partner, po + i).mul(FloatVector.fromArray(S, table, sines + i));
            FloatVector.fromArray(S, x, xo + i)
                    .fma(FloatVector.fromArray(S, table, cosines + i), turned)
                    .intoArray(out, oo + i);
        }
    }

    static void swapPairs(int n, float[] x, int xo, float[] out, int oo) {
        for (int i = 0; i < n; i += L) {
            FloatVector.fromArray(S, x, xo + i).rearrange(NEIGHBOUR).intoArray(out, oo + i);
        }
    }
}
