package io.nanogpt.impl.cpu.scalar;

import java.util.Arrays;

/** Softmax, its gradient, and the logarithm of the sum of exponentials. */
final class Softmax {
    private final RowSums sums = new RowSums();
    private final BlockMath math = new BlockMath();
    private final float[] block = new float[BlockMath.BLOCK];

    void softmax(int rowCount, int n, int length, int stride, float scale, float[] x, int xOffset) {
        rows(rowCount, n, 1, stride, scale, x, xOffset);
        for (int row = 0; row < rowCount; row++) {
            int begin = xOffset + row * stride;
            Arrays.fill(x, begin + n + row, begin + length, 0f);
        }
    }

    void softmaxRows(int rows, int n, int stride, float scale, float[] x, int xOffset) {
        rows(rows, n, 0, stride, scale, x, xOffset);
    }

    /** Softmax of rows, of which each has {@code growth} elements more than the one before. */
    private void rows(int rowCount, int n, int growth, int stride, float scale, float[] x, int xOffset) {
        int row = 0;
        while (row < rowCount) {
            int rows = rowsOfBlock(rowCount - row, n + row * growth, growth);
            if (rows == 0) {
                longRow(n + row * growth, scale, x, xOffset + row * stride);
                row++;
            } else {
                block(rows, n + row * growth, growth, stride, scale, x, xOffset + row * stride);
                row += rows;
            }
        }
    }

    /** Of {@code most} rows the number that fit into the block. */
    private static int rowsOfBlock(int most, int n, int growth) {
        int rows = 0;
        for (int size = n; rows < most && size <= BlockMath.BLOCK; size += n + rows * growth) {
            rows++;
        }
        return rows;
    }

    /** Rows that are copied into the block together, since the exponentials of many numbers take less time each. */
    private void block(int rowCount, int n, int growth, int stride, float scale, float[] x, int xOffset) {
        int size = 0;
        for (int row = 0; row < rowCount; row++) {
            int count = n + row * growth;
            int from = xOffset + row * stride;
            System.arraycopy(x, from, block, size, count);
            center(count, max(count, x, from), scale, block, size);
            size += count;
        }
        math.exp(size, block);
        for (int row = 0, at = 0; row < rowCount; row++) {
            int count = n + row * growth;
            divide(count, sum(count, block, at), block, at);
            System.arraycopy(block, at, x, xOffset + row * stride, count);
            at += count;
        }
    }

    /** A row that is longer than the block. */
    private void longRow(int n, float scale, float[] x, int xOffset) {
        float max = max(n, x, xOffset);
        for (int begin = 0; begin < n; begin += BlockMath.BLOCK) {
            int count = Math.min(BlockMath.BLOCK, n - begin);
            exponentials(count, max, scale, x, xOffset + begin);
            System.arraycopy(block, 0, x, xOffset + begin, count);
        }
        divide(n, sum(n, x, xOffset), x, xOffset);
    }

    private static void divide(int n, float sum, float[] x, int xOffset) {
        float inverse = 1 / sum;
        for (int i = 0; i < n; i++) {
            x[xOffset + i] *= inverse;
        }
    }

    /** {@code exp((x - max) * scale)} of some elements, into the block. */
    private void exponentials(int n, float max, float scale, float[] x, int xOffset) {
        System.arraycopy(x, xOffset, block, 0, n);
        center(n, max, scale, block, 0);
        math.exp(n, block);
    }

    private static void center(int n, float max, float scale, float[] x, int xOffset) {
        for (int i = 0; i < n; i++) {
            x[xOffset + i] = (x[xOffset + i] - max) * scale;
        }
    }

    static void softmaxGradient(int n, float delta, float scale, float[] p, int pOffset, float[] dp, int dpOffset) {
        for (int i = 0; i < n; i++) {
            dp[dpOffset + i] = p[pOffset + i] * (dp[dpOffset + i] - delta) * scale;
        }
    }

    float logSumExp(int n, float[] x, int xOffset) {
        float max = max(n, x, xOffset);
        int body = body(n);
        exponentials(n - body, max, 1f, x, xOffset + body);
        sums.clear();
        sums.set(body - end(n), n - body, block, 0);
        for (int begin = 0; begin < body; begin += BlockMath.BLOCK) {
            int count = Math.min(BlockMath.BLOCK, body - begin);
            exponentials(count, max, 1f, x, xOffset + begin);
            sums.add(count, block, 0);
        }
        return max + (float) StrictMath.log(sums.total());
    }

    /** The sum in the order of the vector kernels, which begin with the elements after the last whole lanes. */
    private float sum(int n, float[] x, int xOffset) {
        int body = body(n);
        sums.clear();
        sums.set(body - end(n), n - body, x, xOffset + body);
        sums.add(body, x, xOffset);
        return sums.total();
    }

    /** Elements of a row before the last of its lanes, which may be incomplete. */
    private static int body(int n) {
        return Lanes.bound(n - 1);
    }

    /** The element in the first lane of the last vector of {@link Lanes#COUNT} elements. */
    private static int end(int n) {
        return Math.max(0, n - Lanes.COUNT);
    }

    /**
     * The maximum, by integers in the order of floats: a maximum of floats takes many instructions for the order of zeros and for
     * NaN. Which zero it is does not matter, and a NaN makes all results NaN, whatever the maximum is.
     */
    private static float max(int n, float[] x, int xOffset) {
        int a = Integer.MIN_VALUE;
        int b = a;
        int i = xOffset;
        for (int end = xOffset + n - 1; i < end; i += 2) {
            a = Math.max(a, ordered(Float.floatToRawIntBits(x[i])));
            b = Math.max(b, ordered(Float.floatToRawIntBits(x[i + 1])));
        }
        if (i < xOffset + n) {
            a = Math.max(a, ordered(Float.floatToRawIntBits(x[i])));
        }
        return Float.intBitsToFloat(ordered(Math.max(a, b)));
    }

    /** The bits of a float as an integer in the order of floats, and back. */
    private static int ordered(int bits) {
        return bits ^ (bits >> 31 & Integer.MAX_VALUE);
    }
}
