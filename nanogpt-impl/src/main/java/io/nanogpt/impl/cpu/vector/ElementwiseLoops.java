package io.nanogpt.impl.cpu.vector;

import static io.nanogpt.impl.cpu.vector.VectorMath.S;

import io.nanogpt.impl.cpu.scalar.Lanes;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;

/**
 * Sums, products, copies and reductions of elements, each in a short static method of its own, so that C2 compiles it
 * whole and boxes no vectors. Except for sums {@code n} is a multiple of the vector length.
 */
final class ElementwiseLoops {
    private static final int L = S.length();
    private static final VectorShuffle<Float> NEIGHBOUR = VectorShuffle.fromOp(S, lane -> lane ^ 1);

    private ElementwiseLoops() {}

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

    static void multiplyAdd(
            int n, float[] a, int ao, float[] b, int bo, float[] addend, int addo, float[] out, int oo) {
        for (int i = 0; i < n; i += L) {
            FloatVector.fromArray(S, a, ao + i)
                    .fma(FloatVector.fromArray(S, b, bo + i), FloatVector.fromArray(S, addend, addo + i))
                    .intoArray(out, oo + i);
        }
    }

    static void scale(int n, float factor, float[] x, int xo, float[] out, int oo) {
        for (int i = 0; i < n; i += L) {
            FloatVector.fromArray(S, x, xo + i).mul(factor).intoArray(out, oo + i);
        }
    }

    /** The sum over all {@code n} elements, in the order of {@link Lanes}. */
    static float dot(int n, float[] a, int ao, float[] b, int bo, float[] lanes) {
        int bound = Lanes.bound(n);
        for (int part = 0; part < Lanes.COUNT; part += L) {
            dot(part, bound, a, ao, b, bo, lanes);
        }
        for (int i = bound; i < n; i++) {
            lanes[i - bound] = Math.fma(a[ao + i], b[bo + i], lanes[i - bound]);
        }
        return Lanes.sum(lanes);
    }

    private static void dot(int part, int bound, float[] a, int ao, float[] b, int bo, float[] lanes) {
        FloatVector sum = FloatVector.zero(S);
        for (int i = part; i < bound; i += Lanes.COUNT) {
            sum = FloatVector.fromArray(S, a, ao + i).fma(FloatVector.fromArray(S, b, bo + i), sum);
        }
        sum.intoArray(lanes, part);
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
