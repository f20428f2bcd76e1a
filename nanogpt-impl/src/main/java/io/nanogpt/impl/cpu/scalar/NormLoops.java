package io.nanogpt.impl.cpu.scalar;

import java.util.Arrays;

/** Layer normalisation and RMSNorm, row by row. */
final class NormLoops {
    private final float[] lanes = new float[Lanes.COUNT];

    void layerNorm(
            int rowCount,
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
        for (int row = 0; row < rowCount; row++) {
            int at = xOffset + row * n;
            float mean = sum(n, x, at) / n;
            float inverse = inverseDeviation(n, x, at, mean, epsilon);
            int to = yOffset + row * n;
            for (int i = 0; i < n; i++) {
                y[to + i] =
                        ScalarMath.fma((x[at + i] - mean) * inverse, weight[weightOffset + i], bias[biasOffset + i]);
            }
        }
    }

    void layerNormInputGradient(
            int rowCount,
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
        for (int row = 0; row < rowCount; row++) {
            int at = xOffset + row * n;
            int from = dyOffset + row * n;
            float mean = sum(n, x, at) / n;
            float inverse = inverseDeviation(n, x, at, mean, epsilon);
            float gradientSum = ElementwiseLoops.dot(n, dy, from, weight, weightOffset, lanes) / n;
            float projection = projection(n, mean, inverse, dy, from, x, at, weight, weightOffset) / n;
            int to = outOffset + row * n;
            int plus = addendOffset + row * addendRow;
            for (int i = 0; i < n; i++) {
                float g = dy[from + i] * weight[weightOffset + i];
                float normalised = (x[at + i] - mean) * inverse;
                out[to + i] = addend[plus + i] + (g - gradientSum - normalised * projection) * inverse;
            }
        }
    }

    void layerNormWeightGradient(
            int rowCount,
            int n,
            float epsilon,
            float[] dy,
            int dyOffset,
            float[] x,
            int xOffset,
            float[] out,
            int outOffset) {
        Arrays.fill(out, outOffset, outOffset + n, 0);
        for (int row = 0; row < rowCount; row++) {
            int at = xOffset + row * n;
            int from = dyOffset + row * n;
            float mean = sum(n, x, at) / n;
            float inverse = inverseDeviation(n, x, at, mean, epsilon);
            for (int i = 0; i < n; i++) {
                out[outOffset + i] = ScalarMath.fma(dy[from + i], (x[at + i] - mean) * inverse, out[outOffset + i]);
            }
        }
    }

    private float sum(int n, float[] x, int offset) {
        Arrays.fill(lanes, 0f);
        for (int i = 0; i < n; i++) {
            lanes[Lanes.of(i)] += x[offset + i];
        }
        return Lanes.sum(lanes);
    }

    private float inverseDeviation(int n, float[] x, int offset, float mean, float epsilon) {
        Arrays.fill(lanes, 0f);
        for (int i = 0; i < n; i++) {
            float d = x[offset + i] - mean;
            lanes[Lanes.of(i)] = ScalarMath.fma(d, d, lanes[Lanes.of(i)]);
        }
        return ScalarMath.inverseRoot(n, Lanes.sum(lanes), epsilon);
    }

    /** The sum of {@code dy * weight * (x - mean) * inverse}. */
    private float projection(
            int n,
            float mean,
            float inverse,
            float[] dy,
            int dyOffset,
            float[] x,
            int xOffset,
            float[] weight,
            int weightOffset) {
        Arrays.fill(lanes, 0f);
        for (int i = 0; i < n; i++) {
            float g = dy[dyOffset + i] * weight[weightOffset + i];
            lanes[Lanes.of(i)] = ScalarMath.fma(g, (x[xOffset + i] - mean) * inverse, lanes[Lanes.of(i)]);
        }
        return Lanes.sum(lanes);
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
        for (int row = 0; row < rows; row++) {
            int at = xOffset + row * n;
            int to = yOffset + row * n;
            float inverse = ScalarMath.inverseRoot(n, ElementwiseLoops.dot(n, x, at, x, at, lanes), epsilon);
            for (int i = 0; i < n; i++) {
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
        for (int row = 0; row < rows; row++) {
            int at = xOffset + row * n;
            int from = dyOffset + row * n;
            float inverse = ScalarMath.inverseRoot(n, ElementwiseLoops.dot(n, x, at, x, at, lanes), epsilon);
            float projection = projection(n, 0f, 1f, dy, from, x, at, weight, weightOffset);
            float pull = projection * inverse * inverse / n;
            int plus = addendOffset + row * addendRow;
            int to = outOffset + row * n;
            for (int i = 0; i < n; i++) {
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
        for (int row = 0; row < rows; row++) {
            int at = xOffset + row * n;
            int from = dyOffset + row * n;
            float inverse = ScalarMath.inverseRoot(n, ElementwiseLoops.dot(n, x, at, x, at, lanes), epsilon);
            for (int i = 0; i < n; i++) {
                out[outOffset + i] = ScalarMath.fma(dy[from + i], x[at + i] * inverse, out[outOffset + i]);
            }
        }
    }
}
