package io.nanogpt.impl.cpu.scalar;

import static io.nanogpt.impl.cpu.scalar.ScalarMath.GELU_CUBIC;
import static io.nanogpt.impl.cpu.scalar.ScalarMath.GELU_SLOPE;

/** Activation functions and their gradients. Those with exponentials are computed block by block ({@link BlockMath}). */
final class ActivationLoops {
    private static final int BLOCK = BlockMath.BLOCK;

    private final BlockMath math = new BlockMath();
    /** Parts of the operands, and what is computed of them. */
    private final float[] values = new float[BLOCK];

    private final float[] upper = new float[BLOCK];
    private final float[] density = new float[BLOCK];
    private final float[] share = new float[BLOCK];

    void gelu(int n, float[] x, int xOffset, float[] y, int yOffset) {
        for (int begin = 0; begin < n; begin += BLOCK) {
            int count = read(n, begin, x, xOffset, values);
            math.normal(count, values, density, share);
            multiply(count, share, values);
            System.arraycopy(values, 0, y, yOffset + begin, count);
        }
    }

    void geluWithDerivative(int n, float[] x, int xOffset, float[] y, int yOffset) {
        for (int begin = 0; begin < n; begin += BLOCK) {
            int count = read(n, begin, x, xOffset, values);
            math.normal(count, values, density, share);
            derivative(count, values, share, density);
            multiply(count, share, values);
            System.arraycopy(values, 0, y, yOffset + begin, count);
            System.arraycopy(density, 0, x, xOffset + begin, count);
        }
    }

    /** {@code density = x density + distribution}. */
    private static void derivative(int n, float[] x, float[] distribution, float[] density) {
        for (int i = 0; i < n; i++) {
            density[i] = ScalarMath.fma(x[i], density[i], distribution[i]);
        }
    }

    void geluTanh(int n, float[] x, int xOffset, float[] y, int yOffset) {
        for (int begin = 0; begin < n; begin += BLOCK) {
            int count = read(n, begin, x, xOffset, values);
            oppositeOfCubic(count, values, share);
            math.sigmoidOfOpposite(count, share);
            multiply(count, share, values);
            System.arraycopy(values, 0, y, yOffset + begin, count);
        }
    }

    private static void oppositeOfCubic(int n, float[] x, float[] out) {
        for (int i = 0; i < n; i++) {
            out[i] = -(x[i] * GELU_SLOPE * ScalarMath.fma(x[i] * x[i], GELU_CUBIC, 1f));
        }
    }

    void geluTanhGradient(int n, float[] dy, int dyOffset, float[] x, int xOffset, float[] out, int outOffset) {
        for (int begin = 0; begin < n; begin += BLOCK) {
            int count = read(n, begin, x, xOffset, values);
            read(n, begin, dy, dyOffset, upper);
            oppositeOfCubic(count, values, share);
            math.sigmoidOfOpposite(count, share);
            slopes(count, values);
            derivative(count, values, share, upper, density);
            System.arraycopy(density, 0, out, outOffset + begin, count);
        }
    }

    /** {@code x} times the slope of the cubic at it. */
    private static void slopes(int n, float[] x) {
        for (int i = 0; i < n; i++) {
            x[i] = x[i] * (GELU_SLOPE * ScalarMath.fma(x[i] * x[i], 3 * GELU_CUBIC, 1f));
        }
    }

    /** Of the product of a number with its sigmoid {@code s}, times {@code dy}. */
    private static void derivative(int n, float[] x, float[] s, float[] dy, float[] out) {
        for (int i = 0; i < n; i++) {
            out[i] = dy[i] * ScalarMath.fma(x[i] * s[i], 1f - s[i], s[i]);
        }
    }

    private static void multiply(int n, float[] factors, float[] x) {
        for (int i = 0; i < n; i++) {
            x[i] *= factors[i];
        }
    }

    /** Copies a block, or what is left of {@code n} numbers; their count. */
    private static int read(int n, int begin, float[] from, int offset, float[] to) {
        int count = Math.min(BLOCK, n - begin);
        System.arraycopy(from, offset + begin, to, 0, count);
        return count;
    }

    static void relu(int n, float[] x, int xOffset, float[] y, int yOffset) {
        for (int i = 0; i < n; i++) {
            y[yOffset + i] = Math.max(x[xOffset + i], 0f);
        }
    }

    static void reluGradient(int n, float[] dy, int dyOffset, float[] x, int xOffset, float[] out, int outOffset) {
        for (int i = 0; i < n; i++) {
            out[outOffset + i] = x[xOffset + i] > 0 ? dy[dyOffset + i] : 0f;
        }
    }

    static void reluSquared(int n, float[] x, int xOffset, float[] y, int yOffset) {
        for (int i = 0; i < n; i++) {
            float positive = Math.max(x[xOffset + i], 0f);
            y[yOffset + i] = positive * positive;
        }
    }

    static void reluSquaredGradient(
            int n, float[] dy, int dyOffset, float[] x, int xOffset, float[] out, int outOffset) {
        for (int i = 0; i < n; i++) {
            out[outOffset + i] = 2f * Math.max(x[xOffset + i], 0f) * dy[dyOffset + i];
        }
    }

    void softCap(int n, float cap, float[] x, int xOffset, float[] y, int yOffset) {
        float inverse = 1f / cap;
        for (int begin = 0; begin < n; begin += BLOCK) {
            int count = read(n, begin, x, xOffset, values);
            scale(count, inverse, values);
            math.tanh(count, values);
            scale(count, cap, values);
            System.arraycopy(values, 0, y, yOffset + begin, count);
        }
    }

    private static void scale(int n, float factor, float[] x) {
        for (int i = 0; i < n; i++) {
            x[i] *= factor;
        }
    }

    static void softCapGradient(
            int n, float cap, float[] dy, int dyOffset, float[] y, int yOffset, float[] out, int outOffset) {
        float inverse = 1f / cap;
        for (int i = 0; i < n; i++) {
            float share = y[yOffset + i] * inverse;
            out[outOffset + i] = dy[dyOffset + i] * ScalarMath.fma(-share, share, 1f);
        }
    }

    void silu(int n, float[] x, int xOffset, float[] y, int yOffset) {
        for (int begin = 0; begin < n; begin += BLOCK) {
            int count = read(n, begin, x, xOffset, values);
            opposites(count, values, share);
            math.sigmoidOfOpposite(count, share);
            multiply(count, share, values);
            System.arraycopy(values, 0, y, yOffset + begin, count);
        }
    }

    void siluGradient(int n, float[] dy, int dyOffset, float[] x, int xOffset, float[] out, int outOffset) {
        for (int begin = 0; begin < n; begin += BLOCK) {
            int count = read(n, begin, x, xOffset, values);
            read(n, begin, dy, dyOffset, upper);
            opposites(count, values, share);
            math.sigmoidOfOpposite(count, share);
            derivative(count, values, share, upper, density);
            System.arraycopy(density, 0, out, outOffset + begin, count);
        }
    }

    private static void opposites(int n, float[] x, float[] out) {
        for (int i = 0; i < n; i++) {
            out[i] = -x[i];
        }
    }
}
