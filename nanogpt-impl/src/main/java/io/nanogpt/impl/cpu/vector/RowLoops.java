package io.nanogpt.impl.cpu.vector;

import static io.nanogpt.impl.cpu.vector.VectorMath.S;

import io.nanogpt.impl.cpu.Kernels;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The vector loops along rows, each in a short static method of its own so that C2 compiles it whole and boxes nothing.
 * {@code n} is a multiple of the vector length.
 */
final class RowLoops {
    private static final int L = S.length();

    private RowLoops() {}

    /** Copies vectors into panels of {@code 2^perPanel} vectors, which begin {@code panel} floats apart. */
    static void pack(int vectors, int perPanel, float[] from, int fo, float[] to, int oo, int panel) {
        int mask = (1 << perPanel) - 1;
        for (int v = 0; v < vectors; v++) {
            FloatVector.fromArray(S, from, fo + v * L).intoArray(to, oo + (v >> perPanel) * panel + (v & mask) * L);
        }
    }

    static void add(int n, float[] a, int ao, float[] b, int bo, float[] out, int oo) {
        for (int i = 0; i < n; i += L) {
            FloatVector.fromArray(S, a, ao + i)
                    .add(FloatVector.fromArray(S, b, bo + i))
                    .intoArray(out, oo + i);
        }
    }

    static void product(int n, float[] a, int ao, float[] b, int bo, float[] out, int oo) {
        for (int i = 0; i < n; i += L) {
            FloatVector.fromArray(S, a, ao + i)
                    .mul(FloatVector.fromArray(S, b, bo + i))
                    .intoArray(out, oo + i);
        }
    }

    static void scale(int n, float factor, float[] x, int xo, float[] out, int oo) {
        for (int i = 0; i < n; i += L) {
            FloatVector.fromArray(S, x, xo + i).mul(factor).intoArray(out, oo + i);
        }
    }

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

    static void reluGradient(int n, float[] dy, int dyo, float[] x, int xo, float[] out, int oo) {
        FloatVector zero = FloatVector.zero(S);
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xo + i);
            zero.blend(FloatVector.fromArray(S, dy, dyo + i), v.compare(VectorOperators.GT, 0f))
                    .intoArray(out, oo + i);
        }
    }

    static float sum(int n, float[] x, int xo, float[] lanes) {
        FloatVector sum = FloatVector.zero(S);
        for (int i = 0; i < n; i += L) {
            sum = sum.add(FloatVector.fromArray(S, x, xo + i));
        }
        sum.intoArray(lanes, 0);
        return VectorMath.sum(lanes);
    }

    static float squares(int n, float mean, float[] x, int xo, float[] lanes) {
        FloatVector sum = FloatVector.zero(S);
        for (int i = 0; i < n; i += L) {
            FloatVector d = FloatVector.fromArray(S, x, xo + i).sub(mean);
            sum = d.fma(d, sum);
        }
        sum.intoArray(lanes, 0);
        return VectorMath.sum(lanes);
    }

    static float dot(int n, float[] a, int ao, float[] b, int bo, float[] lanes) {
        FloatVector sum = FloatVector.zero(S);
        for (int i = 0; i < n; i += L) {
            sum = FloatVector.fromArray(S, a, ao + i).fma(FloatVector.fromArray(S, b, bo + i), sum);
        }
        sum.intoArray(lanes, 0);
        return VectorMath.sum(lanes);
    }

    static float projection(
            int n,
            float mean,
            float inverse,
            float[] dy,
            int dyo,
            float[] x,
            int xo,
            float[] w,
            int wo,
            float[] lanes) {
        FloatVector sum = FloatVector.zero(S);
        for (int i = 0; i < n; i += L) {
            FloatVector g = FloatVector.fromArray(S, dy, dyo + i).mul(FloatVector.fromArray(S, w, wo + i));
            FloatVector normalised =
                    FloatVector.fromArray(S, x, xo + i).sub(mean).mul(inverse);
            sum = g.fma(normalised, sum);
        }
        sum.intoArray(lanes, 0);
        return VectorMath.sum(lanes);
    }

    static void normalise(
            int n,
            float mean,
            float inverse,
            float[] x,
            int xo,
            float[] w,
            int wo,
            float[] b,
            int bo,
            float[] y,
            int yo) {
        for (int i = 0; i < n; i += L) {
            FloatVector.fromArray(S, x, xo + i)
                    .sub(mean)
                    .mul(inverse)
                    .fma(FloatVector.fromArray(S, w, wo + i), FloatVector.fromArray(S, b, bo + i))
                    .intoArray(y, yo + i);
        }
    }

    static void normaliseGradient(
            int n,
            float mean,
            float inverse,
            float sum,
            float projection,
            float[] dy,
            int dyo,
            float[] x,
            int xo,
            float[] w,
            int wo,
            float[] addend,
            int ao,
            float[] out,
            int oo) {
        for (int i = 0; i < n; i += L) {
            FloatVector g = FloatVector.fromArray(S, dy, dyo + i).mul(FloatVector.fromArray(S, w, wo + i));
            FloatVector normalised =
                    FloatVector.fromArray(S, x, xo + i).sub(mean).mul(inverse);
            g.sub(sum)
                    .sub(normalised.mul(projection))
                    .mul(inverse)
                    .add(FloatVector.fromArray(S, addend, ao + i))
                    .intoArray(out, oo + i);
        }
    }

    static void addNormalised(
            int n, float mean, float inverse, float[] dy, int dyo, float[] x, int xo, float[] out, int oo) {
        for (int i = 0; i < n; i += L) {
            FloatVector normalised =
                    FloatVector.fromArray(S, x, xo + i).sub(mean).mul(inverse);
            FloatVector.fromArray(S, dy, dyo + i)
                    .fma(normalised, FloatVector.fromArray(S, out, oo + i))
                    .intoArray(out, oo + i);
        }
    }

    static void softmaxGradient(int n, float delta, float scale, float[] p, int po, float[] dp, int dpo) {
        for (int i = 0; i < n; i += L) {
            FloatVector.fromArray(S, p, po + i)
                    .mul(FloatVector.fromArray(S, dp, dpo + i).sub(delta))
                    .mul(scale)
                    .intoArray(dp, dpo + i);
        }
    }

    static void adamW(
            int n,
            Kernels.AdamWStep step,
            float decay,
            float[] parameters,
            float[] gradients,
            float[] means,
            float[] squares,
            int offset) {
        FloatVector beta1 = FloatVector.broadcast(S, step.beta1());
        FloatVector beta2 = FloatVector.broadcast(S, step.beta2());
        FloatVector root = FloatVector.broadcast(S, step.inverseRootBias2());
        FloatVector epsilon = FloatVector.broadcast(S, step.epsilon());
        float scale = step.gradientScale();
        float stepSize = step.stepSize();
        float rest1 = 1 - step.beta1();
        float rest2 = 1 - step.beta2();
        for (int i = offset; i < offset + n; i += L) {
            FloatVector g = FloatVector.fromArray(S, gradients, i).mul(scale);
            FloatVector mean = FloatVector.fromArray(S, means, i).fma(beta1, g.mul(rest1));
            FloatVector square =
                    FloatVector.fromArray(S, squares, i).fma(beta2, g.mul(g).mul(rest2));
            mean.intoArray(means, i);
            square.intoArray(squares, i);
            FloatVector denominator = square.sqrt().fma(root, epsilon);
            FloatVector.fromArray(S, parameters, i)
                    .mul(decay)
                    .sub(mean.mul(stepSize).div(denominator))
                    .intoArray(parameters, i);
        }
    }
}
