package io.nanogpt.impl.cpu.scalar;

import io.nanogpt.impl.cpu.FusedMultiplyAdd;

/**
 * Elementary functions of one number, built from operations that every JVM rounds alike. The vector kernels use the
 * same formulas and constants.
 */
// The constants are written as their sources print them.
@SuppressWarnings("FloatingPointLiteralPrecision")
public final class ScalarMath {
    /** Added to a float of small magnitude, it leaves the nearest integer in the low bits. */
    public static final float ROUNDER = 12582912f;
    /** {@code 1 / ln 2}. */
    public static final float LOG2_E = 1.4426950408889634f;
    /** {@code -ln 2}, high part, exact in few bits. */
    public static final float MINUS_LN2_HIGH = -0.693359375f;
    /** {@code -ln 2}, the remainder of the high part. */
    public static final float MINUS_LN2_LOW = 2.12194440e-4f;
    /** Arguments are clamped from below here: the exponential is practically zero, and its exponent would underflow. */
    public static final float LEAST_EXPONENT = -87f;
    /** Arguments are clamped from above here: the exponential would not be a finite float. */
    public static final float GREATEST_EXPONENT = 88f;
    /** Minimax polynomial of Cephes' expf, highest power first. */
    public static final float E5 = 1.9875691500e-4f;
    /** Next coefficient. */
    public static final float E4 = 1.3981999507e-3f;
    /** Next coefficient. */
    public static final float E3 = 8.3334519073e-3f;
    /** Next coefficient. */
    public static final float E2 = 4.1665795894e-2f;
    /** Next coefficient. */
    public static final float E1 = 1.6666665459e-1f;
    /** Last coefficient. */
    public static final float E0 = 5.0000001201e-1f;
    /** Abramowitz and Stegun 7.1.26, with the argument's 1/sqrt(2) multiplied in. */
    public static final float ERF_P = 0.3275911f * 0.70710678118654752f;
    /** First coefficient of the polynomial of half the complementary error function. */
    public static final float ERF_1 = 0.5f * 0.254829592f;
    /** Next coefficient. */
    public static final float ERF_2 = 0.5f * -0.284496736f;
    /** Next coefficient. */
    public static final float ERF_3 = 0.5f * 1.421413741f;
    /** Next coefficient. */
    public static final float ERF_4 = 0.5f * -1.453152027f;
    /** Last coefficient. */
    public static final float ERF_5 = 0.5f * 1.061405429f;
    /** {@code 1 / sqrt(2 pi)}. */
    public static final float INVERSE_ROOT_2_PI = 0.3989422804014327f;

    /** {@code 2 sqrt(2 / pi)}: the slope of GELU's tanh form, since {@code tanh(u) = 2 sigmoid(2 u) - 1}. */
    public static final float GELU_SLOPE = 1.5957692f;
    /** The cubic coefficient of GELU's tanh form. */
    public static final float GELU_CUBIC = 0.044715f;

    private static final boolean FUSED = FusedMultiplyAdd.inHardware();

    private ScalarMath() {}

    /** {@code a * b + c}, rounded once where the machine has an instruction for that, and twice elsewhere. */
    public static float fma(float a, float b, float c) {
        return FUSED ? Math.fma(a, b, c) : a * b + c;
    }

    /** The exponential with a relative error below 3e-7; arguments are clamped to the range of finite results. */
    public static float exp(float x) {
        float clamped = clamp(x);
        float shifted = fma(clamped, LOG2_E, ROUNDER);
        return fraction(clamped, shifted) * powerOfTwo(shifted);
    }

    /** The nearest argument of a finite exponential. */
    static float clamp(float x) {
        return Math.max(LEAST_EXPONENT, Math.min(GREATEST_EXPONENT, x));
    }

    /** The exponential of {@code x} without its {@link #powerOfTwo}; {@code shifted} is {@code x / ln 2} plus {@link #ROUNDER}. */
    static float fraction(float x, float shifted) {
        float n = shifted - ROUNDER;
        float r = fma(n, MINUS_LN2_LOW, fma(n, MINUS_LN2_HIGH, x));
        float p = fma(E5, r, E4);
        p = fma(p, r, E3);
        p = fma(p, r, E2);
        p = fma(p, r, E1);
        p = fma(p, r, E0);
        return fma(p, r * r, r) + 1f;
    }

    /** Two to the power of the integer to which {@link #ROUNDER} was added. */
    static float powerOfTwo(float shifted) {
        return Float.intBitsToFloat((Float.floatToRawIntBits(shifted) << 23) + (127 << 23));
    }

    /** {@code 1 / (1 + exp(-x))}. */
    public static float sigmoid(float x) {
        return 1f / (1f + exp(-x));
    }

    /** The hyperbolic tangent with an absolute error below 3e-7. */
    public static float tanh(float x) {
        return fma(2f, sigmoid(2f * x), -1f);
    }

    /** {@code 1 / sqrt(sum / n + epsilon)}. */
    public static float inverseRoot(int n, float sum, float epsilon) {
        return (float) (1 / Math.sqrt(sum / n + epsilon));
    }

    /** The normal density at x. */
    static float density(float x) {
        return exp(-0.5f * x * x) * INVERSE_ROOT_2_PI;
    }

    /** The normal distribution function at x, from the density at x; the error is below 1e-7. */
    static float distribution(float x, float density) {
        float tail = tail(x, density);
        return x < 0 ? tail : 1f - tail;
    }

    /** The normal distribution function at {@code -|x|}, from the density at x. */
    static float tail(float x, float density) {
        float t = 1f / fma(Math.abs(x), ERF_P, 1f);
        float p = fma(ERF_5, t, ERF_4);
        p = fma(p, t, ERF_3);
        p = fma(p, t, ERF_2);
        p = fma(p, t, ERF_1);
        return p * t * (density * (1 / INVERSE_ROOT_2_PI));
    }
}
