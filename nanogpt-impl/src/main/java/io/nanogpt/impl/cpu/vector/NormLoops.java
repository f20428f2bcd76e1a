package io.nanogpt.impl.cpu.vector;

import static io.nanogpt.impl.cpu.vector.VectorMath.S;

import io.nanogpt.impl.cpu.scalar.ScalarMath;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * Layer normalisation and RMSNorm, row by row. Each vector loop is a short static method of its own, so that C2
 * compiles it whole and boxes no vectors; in these {@code n} is a multiple of the vector length.
 */
final class NormLoops {
    private static final int L = S.length();

    private final float[] lanes = new float[L];

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
            float sum = ElementwiseLoops.dot(bound, dy, from, weight, weightOffset, lanes);
            float projection = projection(bound, mean, inverse, dy, from, x, at, weight, weightOffset, lanes);
            for (int i = bound; i < n; i++) {
                float g = dy[from + i] * weight[weightOffset + i];
                sum += g;
                projection = Math.fma(g, (x[at + i] - mean) * inverse, projection);
            }
            sum /= n;
            projection /= n;
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
        int bound = S.loopBound(n);
        float sum = sum(bound, x, offset, lanes);
        for (int i = bound; i < n; i++) {
            sum += x[offset + i];
        }
        return sum / n;
    }

    private float inverseDeviation(int n, float[] x, int offset, float mean, float epsilon) {
        int bound = S.loopBound(n);
        float squares = squares(bound, mean, x, offset, lanes);
        for (int i = bound; i < n; i++) {
            float d = x[offset + i] - mean;
            squares = Math.fma(d, d, squares);
        }
        return (float) (1 / Math.sqrt(squares / n + epsilon));
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
            float projection = rmsProjection(bound, dy, from, weight, weightOffset, x, at, lanes);
            for (int i = bound; i < n; i++) {
                projection = Math.fma(dy[from + i] * weight[weightOffset + i], x[at + i], projection);
            }
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
        int bound = S.loopBound(n);
        float sum = ElementwiseLoops.dot(bound, x, offset, x, offset, lanes);
        for (int i = bound; i < n; i++) {
            sum = Math.fma(x[offset + i], x[offset + i], sum);
        }
        return ScalarMath.inverseRoot(n, sum, epsilon);
    }

    private static float sum(int n, float[] x, int xo, float[] lanes) {
        FloatVector sum = FloatVector.zero(S);
        for (int i = 0; i < n; i += L) {
            sum = sum.add(FloatVector.fromArray(S, x, xo + i));
        }
        sum.intoArray(lanes, 0);
        return VectorMath.sum(lanes);
    }

    private static float squares(int n, float mean, float[] x, int xo, float[] lanes) {
        FloatVector sum = FloatVector.zero(S);
        for (int i = 0; i < n; i += L) {
            FloatVector d = FloatVector.fromArray(S, x, xo + i).sub(mean);
            sum = d.fma(d, sum);
        }
        sum.intoArray(lanes, 0);
        return VectorMath.sum(lanes);
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
        FloatVector sum = FloatVector.zero(S);
        for (int i = 0; i < n; i += L) {
            sum = FloatVector.fromArray(S, dy, dyo + i)
                    .mul(FloatVector.fromArray(S, w, wo + i))
                    .fma(FloatVector.fromArray(S, x, xo + i), sum);
        }
        sum.intoArray(lanes, 0);
        return VectorMath.sum(lanes);
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
