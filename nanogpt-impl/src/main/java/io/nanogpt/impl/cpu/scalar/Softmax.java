package io.nanogpt.impl.cpu.scalar;

import java.util.Arrays;

/** Softmax, its gradient, and the logarithm of the sum of exponentials. */
final class Softmax {
    private final float[] lanes = new float[Lanes.COUNT];
    private final BlockMath math = new BlockMath();
    private final float[] block = new float[BlockMath.BLOCK];

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
        for (int begin = 0; begin < n; begin += BlockMath.BLOCK) {
            int count = Math.min(BlockMath.BLOCK, n - begin);
            exponentials(count, max, scale, x, xOffset + begin);
            System.arraycopy(block, 0, x, xOffset + begin, count);
        }
        float inverse = 1 / sum(n, x, xOffset);
        for (int i = 0; i < n; i++) {
            x[xOffset + i] *= inverse;
        }
    }

    /** {@code exp((x - max) * scale)} of some elements, into the block. */
    private void exponentials(int n, float max, float scale, float[] x, int xOffset) {
        System.arraycopy(x, xOffset, block, 0, n);
        center(n, max, scale, block);
        math.exp(n, block);
    }

    private static void center(int n, float max, float scale, float[] x) {
        for (int i = 0; i < n; i++) {
            x[i] = (x[i] - max) * scale;
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
        exponentials(n - body, max, 1f, x, xOffset + body);
        System.arraycopy(block, 0, lanes, body - end(n), n - body);
        for (int begin = 0; begin < body; begin += BlockMath.BLOCK) {
            int count = Math.min(BlockMath.BLOCK, body - begin);
            exponentials(count, max, 1f, x, xOffset + begin);
            for (int i = 0; i < count; i++) {
                lanes[Lanes.of(i)] += block[i];
            }
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

    /** In four chains, since each comparison takes some cycles. */
    private static float max(int n, float[] x, int xOffset) {
        float a = Float.NEGATIVE_INFINITY;
        float b = a;
        float c = a;
        float d = a;
        int i = xOffset;
        for (int end = xOffset + n - 3; i < end; i += 4) {
            a = Math.max(a, x[i]);
            b = Math.max(b, x[i + 1]);
            c = Math.max(c, x[i + 2]);
            d = Math.max(d, x[i + 3]);
        }
        for (; i < xOffset + n; i++) {
            a = Math.max(a, x[i]);
        }
        return Math.max(Math.max(a, b), Math.max(c, d));
    }
}
