package io.nanogpt.impl.cpu.scalar;

import static io.nanogpt.impl.cpu.scalar.ScalarMath.*;

/**
 * The functions of {@link ScalarMath} on the first numbers of an array of {@link #BLOCK}, operation for operation. C2 makes
 * vectors of such loops, whose arrays have one subscript, and neither choices nor the bits of floats; so these are in loops of their
 * own, and callers copy the parts of larger arrays in and out. On AVX2 a number takes a quarter of the time.
 */
final class BlockMath {
    /** Few enough that all arrays of a block stay in the first-level cache. */
    static final int BLOCK = 256;

    /** {@code -x} times this twice is at least 1 for every negative float. */
    private static final float HUGE = 1e38f;

    private final float[] shifted = new float[BLOCK];

    /** {@link ScalarMath#exp} of each number. */
    void exp(int n, float[] x) {
        fractions(n, x, shifted);
        scale(n, x, shifted);
    }

    private static void fractions(int n, float[] x, float[] shifted) {
        for (int i = 0; i < n; i++) {
            float clamped = clamp(x[i]);
            float rounded = fma(clamped, LOG2_E, ROUNDER);
            x[i] = fraction(clamped, rounded);
            shifted[i] = rounded;
        }
    }

    private static void scale(int n, float[] x, float[] shifted) {
        for (int i = 0; i < n; i++) {
            x[i] *= powerOfTwo(shifted[i]);
        }
    }

    /** {@link ScalarMath#sigmoid} of the number of which each is the opposite. */
    void sigmoidOfOpposite(int n, float[] x) {
        exp(n, x);
        for (int i = 0; i < n; i++) {
            x[i] = 1f / (1f + x[i]);
        }
    }

    /** {@link ScalarMath#tanh} of each number. */
    void tanh(int n, float[] x) {
        for (int i = 0; i < n; i++) {
            x[i] = -(2f * x[i]);
        }
        sigmoidOfOpposite(n, x);
        for (int i = 0; i < n; i++) {
            x[i] = fma(2f, x[i], -1f);
        }
    }

    /** {@link ScalarMath#density} and {@link ScalarMath#distribution} of each number. */
    void normal(int n, float[] x, float[] density, float[] distribution) {
        for (int i = 0; i < n; i++) {
            density[i] = -0.5f * x[i] * x[i];
        }
        exp(n, density);
        tails(n, x, density, distribution);
        chooseSides(n, x, distribution);
    }

    private static void tails(int n, float[] x, float[] density, float[] tails) {
        for (int i = 0; i < n; i++) {
            density[i] *= INVERSE_ROOT_2_PI;
            tails[i] = tail(x[i], density[i]);
        }
    }

    /** A tail is the value below zero, and what is left of 1 is that of other numbers. */
    private static void chooseSides(int n, float[] x, float[] tails) {
        for (int i = 0; i < n; i++) {
            float below = Math.min(1f, Math.max(0f, -x[i] * HUGE * HUGE));
            tails[i] = (1f - below) * (1f - tails[i]) + below * tails[i];
        }
    }
}
