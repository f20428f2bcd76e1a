package io.nanogpt.impl.cpu.scalar;

import java.util.Arrays;

/** Layer normalisation and RMSNorm, row by row. */
final class NormLoops {
    private NormLoops() {}

    static void layerNorm(
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
                y[to + i] = Math.fma((x[at + i] - mean) * inverse, weight[weightOffset + i], bias[biasOffset + i]);
            }
        }
    }

    static void layerNormInputGradient(
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
            float gradientSum = 0;
            float projection = 0;
            for (int i = 0; i < n; i++) {
                float g = dy[from + i] * weight[weightOffset + i];
                gradientSum += g;
                projection = Math.fma(g, (x[at + i] - mean) * inverse, projection);
            }
            gradientSum /= n;
            projection /= n;
            int to = outOffset + row * n;
            int plus = addendOffset + row * addendRow;
            for (int i = 0; i < n; i++) {
                float g = dy[from + i] * weight[weightOffset + i];
                float normalised = (x[at + i] - mean) * inverse;
                out[to + i] = addend[plus + i] + (g - gradientSum - normalised * projection) * inverse;
            }
        }
    }

    static void layerNormWeightGradient(
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
                out[outOffset + i] = Math.fma(dy[from + i], (x[at + i] - mean) * inverse, out[outOffset + i]);
            }
        }
    }

    /** The sum in four interleaved chains, since a single chain would be bound by the latency of the addition. */
    private static float sum(int n, float[] x, int offset) {
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        int i = 0;
        for (; i + 3 < n; i += 4) {
            s0 += x[offset + i];
            s1 += x[offset + i + 1];
            s2 += x[offset + i + 2];
            s3 += x[offset + i + 3];
        }
        for (; i < n; i++) {
            s0 += x[offset + i];
        }
        return (s0 + s1) + (s2 + s3);
    }

    private static float inverseDeviation(int n, float[] x, int offset, float mean, float epsilon) {
        float s0 = 0;
        float s1 = 0;
        int i = 0;
        for (; i + 1 < n; i += 2) {
            float d0 = x[offset + i] - mean;
            float d1 = x[offset + i + 1] - mean;
            s0 = Math.fma(d0, d0, s0);
            s1 = Math.fma(d1, d1, s1);
        }
        for (; i < n; i++) {
            float d = x[offset + i] - mean;
            s0 = Math.fma(d, d, s0);
        }
        return (float) (1 / Math.sqrt((s0 + s1) / n + epsilon));
    }

    static void rmsNorm(
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
            float inverse = ScalarMath.inverseRoot(n, squares(n, x, at), epsilon);
            for (int i = 0; i < n; i++) {
                y[to + i] = x[at + i] * inverse * weight[weightOffset + i];
            }
        }
    }

    static void rmsNormInputGradient(
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
            float inverse = ScalarMath.inverseRoot(n, squares(n, x, at), epsilon);
            float projection = 0;
            for (int i = 0; i < n; i++) {
                projection = Math.fma(dy[from + i] * weight[weightOffset + i], x[at + i], projection);
            }
            float pull = projection * inverse * inverse / n;
            int plus = addendOffset + row * addendRow;
            int to = outOffset + row * n;
            for (int i = 0; i < n; i++) {
                float g = dy[from + i] * weight[weightOffset + i];
                out[to + i] = addend[plus + i] + (g - x[at + i] * pull) * inverse;
            }
        }
    }

    static void rmsNormWeightGradient(
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
            float inverse = ScalarMath.inverseRoot(n, squares(n, x, at), epsilon);
            for (int i = 0; i < n; i++) {
                out[outOffset + i] = Math.fma(dy[from + i], x[at + i] * inverse, out[outOffset + i]);
            }
        }
    }

    private static float squares(int n, float[] x, int offset) {
        float s0 = 0;
        float s1 = 0;
        int i = 0;
        for (; i + 1 < n; i += 2) {
            s0 = Math.fma(x[offset + i], x[offset + i], s0);
            s1 = Math.fma(x[offset + i + 1], x[offset + i + 1], s1);
        }
        return i < n ? Math.fma(x[offset + i], x[offset + i], s0) + s1 : s0 + s1;
    }
}
