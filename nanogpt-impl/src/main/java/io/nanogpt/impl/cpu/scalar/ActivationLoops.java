package io.nanogpt.impl.cpu.scalar;

import static io.nanogpt.impl.cpu.scalar.ScalarMath.GELU_CUBIC;
import static io.nanogpt.impl.cpu.scalar.ScalarMath.GELU_SLOPE;

/** Activation functions and their gradients. */
final class ActivationLoops {
    private ActivationLoops() {}

    static void gelu(int n, float[] x, int xOffset, float[] y, int yOffset) {
        for (int i = 0; i < n; i++) {
            float value = x[xOffset + i];
            y[yOffset + i] = value * ScalarMath.distribution(value, ScalarMath.density(value));
        }
    }

    static void geluWithDerivative(int n, float[] x, int xOffset, float[] y, int yOffset) {
        for (int i = 0; i < n; i++) {
            float value = x[xOffset + i];
            float density = ScalarMath.density(value);
            float distribution = ScalarMath.distribution(value, density);
            y[yOffset + i] = value * distribution;
            x[xOffset + i] = ScalarMath.fma(value, density, distribution);
        }
    }

    static void geluTanh(int n, float[] x, int xOffset, float[] y, int yOffset) {
        for (int i = 0; i < n; i++) {
            float value = x[xOffset + i];
            float u = value * GELU_SLOPE * ScalarMath.fma(value * value, GELU_CUBIC, 1f);
            y[yOffset + i] = value * ScalarMath.sigmoid(u);
        }
    }

    static void geluTanhGradient(int n, float[] dy, int dyOffset, float[] x, int xOffset, float[] out, int outOffset) {
        for (int i = 0; i < n; i++) {
            float value = x[xOffset + i];
            float square = value * value;
            float s = ScalarMath.sigmoid(value * GELU_SLOPE * ScalarMath.fma(square, GELU_CUBIC, 1f));
            float slope = GELU_SLOPE * ScalarMath.fma(square, 3 * GELU_CUBIC, 1f);
            out[outOffset + i] = dy[dyOffset + i] * ScalarMath.fma(value * slope * s, 1f - s, s);
        }
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

    static void softCap(int n, float cap, float[] x, int xOffset, float[] y, int yOffset) {
        float inverse = 1f / cap;
        for (int i = 0; i < n; i++) {
            y[yOffset + i] = cap * ScalarMath.tanh(x[xOffset + i] * inverse);
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

    static void silu(int n, float[] x, int xOffset, float[] y, int yOffset) {
        for (int i = 0; i < n; i++) {
            float value = x[xOffset + i];
            y[yOffset + i] = value * ScalarMath.sigmoid(value);
        }
    }

    static void siluGradient(int n, float[] dy, int dyOffset, float[] x, int xOffset, float[] out, int outOffset) {
        for (int i = 0; i < n; i++) {
            float value = x[xOffset + i];
            float s = ScalarMath.sigmoid(value);
            out[outOffset + i] = dy[dyOffset + i] * ScalarMath.fma(value * s, 1f - s, s);
        }
    }
}
