package io.nanogpt.impl.cpu.vector;

import static io.nanogpt.impl.cpu.vector.VectorMath.S;

import jdk.incubator.vector.FloatVector;

/** The vector loops of RMSNorm, each in a short static method; {@code n} is a multiple of the vector length. */
final class RmsLoops {
    private static final int L = S.length();

    private RmsLoops() {}

    static void normalise(int n, float inverse, float[] x, int xo, float[] w, int wo, float[] y, int yo) {
        for (int i = 0; i < n; i += L) {
            FloatVector.fromArray(S, x, xo + i)
                    .mul(inverse)
                    .mul(FloatVector.fromArray(S, w, wo + i))
                    .intoArray(y, yo + i);
        }
    }

    static float projection(int n, float[] dy, int dyo, float[] w, int wo, float[] x, int xo, float[] lanes) {
        FloatVector sum = FloatVector.zero(S);
        for (int i = 0; i < n; i += L) {
            sum = FloatVector.fromArray(S, dy, dyo + i)
                    .mul(FloatVector.fromArray(S, w, wo + i))
                    .fma(FloatVector.fromArray(S, x, xo + i), sum);
        }
        sum.intoArray(lanes, 0);
        return VectorMath.sum(lanes);
    }

    static void gradient(
            int n,
            float inverse,
            float pull,
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
            FloatVector.fromArray(S, dy, dyo + i)
                    .mul(FloatVector.fromArray(S, w, wo + i))
                    .sub(FloatVector.fromArray(S, x, xo + i).mul(pull))
                    .mul(inverse)
                    .add(FloatVector.fromArray(S, addend, ao + i))
                    .intoArray(out, oo + i);
        }
    }
}
