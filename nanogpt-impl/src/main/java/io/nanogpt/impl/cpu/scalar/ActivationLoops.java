package io.nanogpt.impl.cpu.scalar;

import static io.nanogpt.impl.cpu.scalar.ScalarMath.GELU_CUBIC;
import static io.nanogpt.impl.cpu.scalar.ScalarMath.GELU_SLOPE;

/** Activation functions and their gradients. Those with exponentials are computed block by block ({@link BlockMath}). */
final class ActivationLoops {
    private static final int BLOCK = BlockMath.BLOCK;

    private final BlockMath math = new BlockMath();
    /** The part of an operand. */
    private final float[] values = new float[BLOCK];
    /** The gradients of what was computed of them. */
    private final float[] gradients = new float[BLOCK];
    /** By what they are multiplied: the normal distribution function or a sigmoid. */
    private final float[] shares = new float[BLOCK];

    private final float[] densities = new float[BLOCK];

    void gelu(int n, float[] x, int xOffset, float[] y, int yOffset) {
        for (int begin = 0; begin < n; begin += BLOCK) {
            int count = read(n, begin, x, xOffset, values);
            math.normal(count, values, densities, shares);
            ElementwiseLoops.multiply(count, shares, values);
            System.arraycopy(values, 0, y, yOffset + begin, count);
        }
    }

    void geluWithDerivative(int n, float[] x, int xOffset, float[] y, int yOffset) {
        for (int begin = 0; begin < n; begin += BLOCK) {
            int count = read(n, begin, x, xOffset, values);
            math.normal(count, values, densities, shares);
            geluDerivatives(count, values, shares, densities);
            ElementwiseLoops.multiply(count, shares, values);
            System.arraycopy(values, 0, y, yOffset + begin, count);
            System.arraycopy(densities, 0, x, xOffset + begin, count);
        }
    }

    /** Of GELU, in place of the densities. */
    private static void geluDerivatives(int n, float[] x, float[] distributions, float[] densities) {
        for (int i = 0; i < n; i++) {
            densities[i] = ScalarMath.fma(x[i], densities[i], distributions[i]);
        }
    }

    void geluTanh(int n, float[] x, int xOffset, float[] y, int yOffset) {
        gated(Gate.CUBIC, n, x, xOffset, y, yOffset);
    }

    void geluTanhGradient(int n, float[] dy, int dyOffset, float[] x, int xOffset, float[] out, int outOffset) {
        gatedGradient(Gate.CUBIC, n, dy, dyOffset, x, xOffset, out, outOffset);
    }

    void silu(int n, float[] x, int xOffset, float[] y, int yOffset) {
        gated(Gate.IDENTITY, n, x, xOffset, y, yOffset);
    }

    void siluGradient(int n, float[] dy, int dyOffset, float[] x, int xOffset, float[] out, int outOffset) {
        gatedGradient(Gate.IDENTITY, n, dy, dyOffset, x, xOffset, out, outOffset);
    }

    /** Of what an activation multiplies its argument by the sigmoid. */
    private enum Gate {
        /** SiLU's. */
        IDENTITY {
            @Override
            void opposites(int n, float[] x, float[] out) {
                for (int i = 0; i < n; i++) {
                    out[i] = -x[i];
                }
            }

            @Override
            void multiplyBySlopes(int n, float[] x) {}
        },
        /** That of GELU's tanh form. */
        CUBIC {
            @Override
            void opposites(int n, float[] x, float[] out) {
                for (int i = 0; i < n; i++) {
                    out[i] = -(x[i] * GELU_SLOPE * ScalarMath.fma(x[i] * x[i], GELU_CUBIC, 1f));
                }
            }

            @Override
            void multiplyBySlopes(int n, float[] x) {
                for (int i = 0; i < n; i++) {
                    x[i] *= GELU_SLOPE * ScalarMath.fma(x[i] * x[i], 3 * GELU_CUBIC, 1f);
                }
            }
        };

        abstract void opposites(int n, float[] x, float[] out);

        /** Multiplies each number by the gate's derivative at it. */
        abstract void multiplyBySlopes(int n, float[] x);
    }

    private void gated(Gate gate, int n, float[] x, int xOffset, float[] y, int yOffset) {
        for (int begin = 0; begin < n; begin += BLOCK) {
            int count = read(n, begin, x, xOffset, values);
            gate.opposites(count, values, shares);
            math.sigmoidOfOpposite(count, shares);
            ElementwiseLoops.multiply(count, shares, values);
            System.arraycopy(values, 0, y, yOffset + begin, count);
        }
    }

    private void gatedGradient(
            Gate gate, int n, float[] dy, int dyOffset, float[] x, int xOffset, float[] out, int outOffset) {
        for (int begin = 0; begin < n; begin += BLOCK) {
            int count = read(n, begin, x, xOffset, values);
            read(n, begin, dy, dyOffset, gradients);
            gate.opposites(count, values, shares);
            math.sigmoidOfOpposite(count, shares);
            gate.multiplyBySlopes(count, values);
            multiplyByDerivatives(count, values, shares, gradients);
            System.arraycopy(gradients, 0, out, outOffset + begin, count);
        }
    }

    /** By those of the product of a number with its sigmoid. */
    private static void multiplyByDerivatives(int n, float[] x, float[] sigmoids, float[] gradients) {
        for (int i = 0; i < n; i++) {
            gradients[i] *= ScalarMath.fma(x[i] * sigmoids[i], 1f - sigmoids[i], sigmoids[i]);
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
}
