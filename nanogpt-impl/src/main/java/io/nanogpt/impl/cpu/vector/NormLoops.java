package io.nanogpt.impl.cpu.vector;

import static io.nanogpt.impl.cpu.vector.VectorMath.S;

import io.nanogpt.impl.cpu.scalar.Lanes;
import io.nanogpt.impl.cpu.scalar.ScalarMath;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * Layer normalisation and RMSNorm, row by row. Each vector loop is a short static method of its own, so that C2
 * compiles it whole and boxes no vectors; in these {@code n} is a multiple of the vector length. Sums are over all
 * elements, in the order of {@link Lanes}.
 */
final class NormLoops {
    private static final int L = S.length();

    private final float[] lanes = new float[Lanes.COUNT];

    void layerNorm(
            int rows,
            int n,
            float epsilon,
            float[] x,
            int xOffset,
            float[] weight,
            int weightOffset,
            float[] bias,
            int biasOffset,
            float[] y,
            int yOffset) {
        int bound = S.loopBound(n);
        for (int row = 0; row < rows; row++) {
            int at = xOffset + row * n;
            int to = yOffset + row * n;
            float mean = mean(n, x, at);
            float inverse = inverseDeviation(n, x, at, mean, epsilon);
            normalise(bound, mean, inverse, x, at, weight, weightOffset, bias, biasOffset, y, to);
            for (int i = bound; i < n; i++) {
                y[to + i] = Math.fma((x[at + i] - mean) * inverse, weight[weightOffset + i], bias[biasOffset + i]);
            }
        }
    }

    void layerNormInputGradient(
            int rows,
            int n,
            float epsilon,
            float[] dy,
            int dyOffset,
            float[] x,
            int xOffset,
            float[] weight,
            int weightOffset,
            float[] addend,
            int addendOffset,
            int addendRow,
            float[] out,
            int outOffset) {
        int bound = S.loopBound(n);
        for (int row = 0; row < rows; row++) {
            int at = xOffset + row * n;
            int from = dyOffset + row * n;
            int to = outOffset + row * n;
            int plus = addendOffset + row * addendRow;
            float mean = mean(n, x, at);
            float inverse = inverseDeviation(n, x, at, mean, epsilon);
            float sum = ElementwiseLoops.dot(n, dy, from, weight, weightOffset, lanes) / n;
            float projection = projection(n, mean, inverse, dy, from, x, at, weight, weightOffset, lanes) / n;
            normaliseGradient(
                    bound,
                    mean,
                    inverse,
                    sum,
                    projection,
                    dy,
                    from,
                    x,
                    at,
                    weight,
                    weightOffset,
                    addend,
                    plus,
                    out,
                    to);
            for (int i = bound; i < n; i++) {
                float g = dy[from + i] * weight[weightOffset + i];
                float normalised = (x[at + i] - mean) * inverse;
                out[to + i] = addend[plus + i] + (g - sum - normalised * projection) * inverse;
            }
        }
    }

    void layerNormWeightGradient(
            int rows,
            int n,
            float epsilon,
            float[] dy,
            int dyOffset,
            float[] x,
            int xOffset,
            float[] out,
            int outOffset) {
        Arrays.fill(out, outOffset, outOffset + n, 0);
        int bound = S.loopBound(n);
        for (int row = 0; row < rows; row++) {
            int at = xOffset + row * n;
            int from = dyOffset + row * n;
            float mean = mean(n, x, at);
            float inverse = inverseDeviation(n, x, at, mean, epsilon);
            addNormalised(bound, mean, inverse, dy, from, x, at, out, outOffset);
            for (int i = bound; i < n; i++) {
                out[outOffset + i] = Math.fma(dy[from + i], (x[at + i] - mean) * inverse, out[outOffset + i]);
            }
        }
    }

    private float mean(int n, float[] x, int offset) {
        return sum(n, x, offset, lanes) / n;
    }

    private float inverseDeviation(int n, float[] x, int offset, float mean, float epsilon) {
        return ScalarMath.inverseRoot(n, squares(n, mean, x, offset, lanes), epsilon);
    }

    void rmsNorm(
            int rows,
            int n,
            float epsilon,
            float[] x,
            int xOffset,
            float[] weight,
            int weightOffset,
            float[] y,
            int yOffset) {
        int bound = S.loopBound(n);
        for (int row = 0; row < rows; row++) {
            int at = xOffset + row * n;
            int to = yOffset + row * n;
            float inverse = inverseRoot(n, epsilon, x, at);
            normaliseRms(bound, inverse, x, at, weight, weightOffset, y, to);
            for (int i = bound; i < n; i++) {
                y[to + i] = x[at + i] * inverse * weight[weightOffset + i];
            }
        }
    }

    void rmsNormInputGradient(
            int rows,
            int n,
            float epsilon,
            float[] dy,
            int dyOffset,
            float[] x,
            int xOffset,
            float[] weight,
            int weightOffset,
            float[] addend,
            int addendOffset,
            int addendRow,
            float[] out,
            int outOffset) {
        int bound = S.loopBound(n);
        for (int row = 0; row < rows; row++) {
            int at = xOffset + row * n;
            int from = dyOffset + row * n;
            int plus = addendOffset + row * addendRow;
            int to = outOffset + row * n;
            float inverse = inverseRoot(n, epsilon, x, at);
            float projection = rmsProjection(n, dy, from, weight, weightOffset, x, at, lanes);
            float pull = projection * inverse * inverse / n;
            rmsGradient(bound, inverse, pull, dy, from, x, at, weight, weightOffset, addend, plus, out, to);
            for (int i = bound; i < n; i++) {
                float g = dy[from + i] * weight[weightOffset + i];
                out[to + i] = addend[plus + i] + (g - x[at + i] * pull) * inverse;
            }
        }
    }

    void rmsNormWeightGradient(
            int rows,
            int n,
            float epsilon,
            float[] dy,
            int dyOffset,
            float[] x,
            int xOffset,
            float[] out,
            int outOffset) {
        Arrays.fill(out, outOffset, outOffset + n, 0f);
        int bound = S.loopBound(n);
        for (int row = 0; row < rows; row++) {
            int at = xOffset + row * n;
            int from = dyOffset + row * n;
            float inverse = inverseRoot(n, epsilon, x, at);
            addNormalised(bound, 0, inverse, dy, from, x, at, out, outOffset);
            for (int i = bound; i < n; i++) {
                out[outOffset + i] = Math.fma(dy[from + i], x[at + i] * inverse, out[outOffset + i]);
            }
        }
    }

    private float inverseRoot(int n, float epsilon, float[] x, int offset) {
        return ScalarMath.inverseRoot(n, ElementwiseLoops.dot(n, x, offset, x, offset, lanes), epsilon);
    }

    private static float sum(int n, float[] x, int xo, float[] lanes) {
        int bound = Lanes.bound(n);
        for (int part = 0; part < Lanes.COUNT; part += L) {
            sum(part, bound, x, xo, lanes);
        }
        for (int i = bound; i < n; i++) {
            lanes[i - bound] += x[xo + i];
        }
        return Lanes.sum(lanes);
    }

    private static void sum(int part, int bound, float[] x, int xo, float[] lanes) {
        FloatVector sum = FloatVector.zero(S);
        for (int i = part; i < bound; i += Lanes.COUNT) {
            sum = sum.add(FloatVector.fromArray(S, x, xo + i));
        }
        sum.intoArray(lanes, part);
    }

    private static float squares(int n, float mean, float[] x, int xo, float[] lanes) {
        int bound = Lanes.bound(n);
        for (int part = 0; part < Lanes.COUNT; part += L) {
            squares(part, bound, mean, x, xo, lanes);
        }
        for (int i = bound; i < n; i++) {
            float d = x[xo + i] - mean;
            lanes[i - bound] = Math.fma(d, d, lanes[i - bound]);
        }
        return Lanes.sum(lanes);
    }

    private static void squares(int part, int bound, float mean, float[] x, int xo, float[] lanes) {
        FloatVector sum = FloatVector.zero(S);
        for (int i = part; i < bound; i += Lanes.COUNT) {
            FloatVector d = FloatVector.fromArray(S, x, xo + i).sub(mean);
            sum = d.fma(d, sum);
        }
        sum.intoArray(lanes, part);
    }

    private static float projection(
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
        int bound = Lanes.bound(n);
        for (int part = 0; part < Lanes.COUNT; part += L) {
            projection(part, bound, mean, inverse, dy, dyo, x, xo, w, wo, lanes);
        }
        for (int i = bound; i < n; i++) {
            float g = dy[dyo + i] * w[wo + i];
            lanes[i - bound] = Math.fma(g, (x[xo + i] - mean) * inverse, lanes[i - bound]);
        }
        return Lanes.sum(lanes);
    }

    private static void projection(
            int part,
            int bound,
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
        for (int i = part; i < bound; i += Lanes.COUNT) {
            FloatVector g = FloatVector.fromArray(S, dy, dyo + i).mul(FloatVector.fromArray(S, w, wo + i));
            FloatVector normalised =
                    FloatVector.fromArray(S, x, xo + i).sub(mean).mul(inverse);
            sum = g.fma(normalised, sum);
        }
        sum.intoArray(lanes, part);
    }

    private static void normalise(
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

    private static void normaliseGradient(
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

    private static void addNormalised(
            int n, float mean, float inverse, float[] dy, int dyo, float[] x, int xo, float[] out, int oo) {
        for (int i = 0; i < n; i += L) {
            FloatVector normalised =
                    FloatVector.fromArray(S, x, xo + i).sub(mean).mul(inverse);
            FloatVector.fromArray(S, dy, dyo + i)
                    .fma(normalised, FloatVector.fromArray(S, out, oo + i))
                    .intoArray(out, oo + i);
        }
    }

    private static void normaliseRms(int n, float inverse, float[] x, int xo, float[] w, int wo, float[] y, int yo) {
        for (int i = 0; i < n; i += L) {
            FloatVector.fromArray(S, x, xo + i)
                    .mul(inverse)
                    .mul(FloatVector.fromArray(S, w, wo + i))
                    .intoArray(y, yo + i);
        }
    }

    private static float rmsProjection(
            int n, float[] dy, int dyo, float[] w, int wo, float[] x, int xo, float[] lanes) {
        int bound = Lanes.bound(n);
        for (int part = 0; part < Lanes.COUNT; part += L) {
            rmsProjection(part, bound, dy, dyo, w, wo, x, xo, lanes);
        }
        for (int i = bound; i < n; i++) {
            lanes[i - bound] = Math.fma(dy[dyo + i] * w[wo + i], x[xo + i], lanes[i - bound]);
        }
        return Lanes.sum(lanes);
    }

    private static void rmsProjection(
            int part, int bound, float[] dy, int dyo, float[] w, int wo, float[] x, int xo, float[] lanes) {
        FloatVector sum = FloatVector.zero(S);
        for (int i = part; i < bound; i += Lanes.COUNT) {
            sum = FloatVector.fromArray(S, dy, dyo + i)
                    .mul(FloatVector.fromArray(S, w, wo + i))
                    .fma(FloatVector.fromArray(S, x, xo + i), sum);
        }
        sum.intoArray(lanes, part);
    }

    private static void rmsGradient(
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
