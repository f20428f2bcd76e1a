package io.nanogpt.impl.cpu.vector;

import static io.nanogpt.impl.cpu.scalar.ScalarMath.GELU_CUBIC;
import static io.nanogpt.impl.cpu.scalar.ScalarMath.GELU_SLOPE;
import static io.nanogpt.impl.cpu.vector.VectorMath.S;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Activation functions and their gradients, each in a short static method of its own, so that C2 compiles it whole and
 * boxes no vectors. {@code n} is a multiple of the vector length.
 */
final class ActivationLoops {
    private static final int L = S.length();

    private ActivationLoops() {}

    static void gelu(int n, float[] x, int xo, float[] y, int yo) {
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xo + i);
            v.mul(VectorMath.distribution(v, VectorMath.density(v))).intoArray(y, yo + i);
        }
    }

    static void geluWithDerivative(int n, float[] x, int xo, float[] y, int yo) {
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xo + i);
            FloatVector density = VectorMath.density(v);
            FloatVector distribution = VectorMath.distribution(v, density);
            v.mul(distribution).intoArray(y, yo + i);
            v.fma(density, distribution).intoArray(x, xo + i);
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

    static void reluGradient(int n, float[] dy, int dyo, float[] x, int xo, float[] out, int oo) {
        FloatVector zero = FloatVector.zero(S);
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xo + i);
            zero.blend(FloatVector.fromArray(S, dy, dyo + i), v.compare(VectorOperators.GT, 0f))
                    .intoArray(out, oo + i);
        }
    }

    static void reluSquared(int n, float[] x, int xo, float[] y, int yo) {
        for (int i = 0; i < n; i += L) {
            FloatVector positive = FloatVector.fromArray(S, x, xo + i).max(0f);
            positive.mul(positive).intoArray(y, yo + i);
        }
    }

    static void reluSquaredGradient(int n, float[] dy, int dyo, float[] x, int xo, float[] out, int oo) {
        for (int i = 0; i < n; i += L) {
            FloatVector.fromArray(S, x, xo + i)
                    .max(0f)
                    .mul(2f)
                    .mul(FloatVector.fromArray(S, dy, dyo + i))
                    .intoArray(out, oo + i);
        }
    }

    static void softCap(int n, float cap, float[] x, int xo, float[] y, int yo) {
        float inverse = 1f / cap;
        for (int i = 0; i < n; i += L) {
            VectorMath.tanh(FloatVector.fromArray(S, x, xo + i).mul(inverse))
                    .mul(cap)
                    .intoArray(y, yo + i);
        }
    }

    static void softCapGradient(int n, float cap, float[] dy, int dyo, float[] y, int yo, float[] out, int oo) {
        FloatVector one = FloatVector.broadcast(S, 1f);
        float inverse = 1f / cap;
        for (int i = 0; i < n; i += L) {
            FloatVector share = FloatVector.fromArray(S, y, yo + i).mul(inverse);
            share.neg()
                    .fma(share, one)
                    .mul(FloatVector.fromArray(S, dy, dyo + i))
                    .intoArray(out, oo + i);
        }
    }

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
}
