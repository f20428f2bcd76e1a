package io.nanogpt.impl.cpu.scalar;

import java.util.Arrays;

/** Softmax, its gradient, and the logarithm of the sum of exponentials. */
final class Softmax {
    private Softmax() {}

    static void softmax(int rowCount, int n, int length, int stride, float scale, float[] x, int xOffset) {
        for (int row = 0; row < rowCount; row++) {
            int begin = xOffset + row * stride;
            softmax(n + row, scale, x, begin);
            Arrays.fill(x, begin + n + row, begin + length, 0f);
        }
    }

    private static void softmax(int n, float scale, float[] x, int xOffset) {
        float max = max(n, x, xOffset);
        float total = 0;
        for (int i = 0; i < n; i++) {
            float e = ScalarMath.exp((x[xOffset + i] - max) * scale);
            x[xOffset + i] = e;
            total += e;
        }
        float inverse = 1 / total;
        for (int i = 0; i < n; i++) {
            x[xOffset + i] *= inverse;
        }
    }

    static void softmaxGradient(int n, float delta, float scale, float[] p, int pOffset, float[] dp, int dpOffset) {
        for (int i = 0; i < n; i++) {
            dp[dpOffset + i] = p[pOffset + i] * (dp[dpOffset + i] - delta) * scale;
        }
    }

    static float logSumExp(int n, float[] x, int xOffset) {
        float max = max(n, x, xOffset);
        float total = 0;
        for (int i = 0; i < n; i++) {
            total += ScalarMath.exp(x[xOffset + i] - max);
        }
        return max + (float) StrictMath.log(total);
    }

    private static float max(int n, float[] x, int xOffset) {
        float max = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < n; i++) {
            max = Math.max(max, x[xOffset + i]);
        }
        return max;
    }
}
