package io.nanogpt.impl.cpu.scalar;

import java.util.Arrays;

/** Softmax, its gradient, and the logarithm of the sum of exponentials. */
final class Softmax {
    private final float[] lanes = new float[Lanes.COUNT];

    void softmax(int rowCount, int n, int length, int stride, float scale, float[] x, int xOffset) {
        for (int row = 0; row < rowCount; row++) {
            int begin = xOffset + row * stride;
            softmax(n + row, scale, x, begin);
            Arrays.fill(x, begin + n + row, begin + length, 0f);
        }
    }

    void softmaxRows(int rows, int n, int stride, float scale, float[] x, int xOffset) {
        for (int row = 0; row < rows; row++) {
            softmax(n, scale, x, xOffset + row * stride);
        }
    }

    private void softmax(int n, float scale, float[] x, int xOffset) {
        float max = max(n, x, xOffset);
        for (int i = 0; i < n; i++) {
            x[xOffset + i] = ScalarMath.exp((x[xOffset + i] - max) * scale);
        }
        float inverse = 1 / sum(n, x, xOffset);
        for (int i = 0; i < n; i++) {
            x[xOffset + i] *= inverse;
        }
    }

    static void softmaxGradient(int n, float delta, float scale, float[] p, int pOffset, float[] dp, int dpOffset) {
        for (int i = 0; i < n; i++) {
            dp[dpOffset + i] = p[pOffset + i] * (dp[dpOffset + i] - delta) * scale;
        }
    }

    float logSumExp(int n, float[] x, int xOffset) {
        float max = max(n, x, xOffset);
        Arrays.fill(lanes, 0f);
        int body = body(n);
        int end = end(n);
        for (int i = body; i < n; i++) {
            lanes[i - end] = ScalarMath.exp(x[xOffset + i] - max);
        }
        for (int i = 0; i < body; i++) {
            lanes[Lanes.of(i)] += ScalarMath.exp(x[xOffset + i] - max);
        }
        return max + (float) StrictMath.log(Lanes.sum(lanes));
    }

    /** The sum in the order of the vector kernels, which begin with the elements after the last whole lanes. */
    private float sum(int n, float[] x, int xOffset) {
        Arrays.fill(lanes, 0f);
        int body = body(n);
        System.arraycopy(x, xOffset + body, lanes, body - end(n), n - body);
        for (int i = 0; i < body; i++) {
            lanes[Lanes.of(i)] += x[xOffset + i];
        }
        return Lanes.sum(lanes);
    }

    /** Elements of a row before the last of its lanes, which may be incomplete. */
    private static int body(int n) {
        return Lanes.bound(n - 1);
    }

    /** The element in the first lane of the last vector of {@link Lanes#COUNT} elements. */
    private static int end(int n) {
        return Math.max(0, n - Lanes.COUNT);
    }

    private static float max(int n, float[] x, int xOffset) {
        float max = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < n; i++) {
            max = Math.max(max, x[xOffset + i]);
        }
        return max;
    }
}
