package io.nanogpt.impl.cpu;

import io.nanogpt.train.AdamW;

/**
 * The coefficients of one step of AdamW, the same for all elements. Reused from step to step, so that no step
 * allocates.
 */
public final class AdamWStep {
    private float beta1;
    private float beta2;
    private float epsilon;
    private float stepSize;
    private float inverseRootBias2;
    private float gradientScale;

    void set(AdamW optimizer, long step, double learningRate, double scale) {
        beta1 = (float) optimizer.beta1();
        beta2 = (float) optimizer.beta2();
        epsilon = (float) optimizer.epsilon();
        stepSize = (float) (learningRate / (1 - power(optimizer.beta1(), step)));
        inverseRootBias2 = (float) (1 / StrictMath.sqrt(1 - power(optimizer.beta2(), step)));
        gradientScale = (float) scale;
    }

    /** By squaring: {@link StrictMath#pow} allocates. */
    private static double power(double base, long exponent) {
        double result = 1;
        double square = base;
        for (long rest = exponent; rest > 0; rest >>= 1) {
            if ((rest & 1) == 1) {
                result *= square;
            }
            square *= square;
        }
        return result;
    }

    /** Decay rate of the mean of gradients. */
    public float beta1() {
        return beta1;
    }

    /** Decay rate of the mean of squared gradients. */
    public float beta2() {
        return beta2;
    }

    /** Added to the denominator. */
    public float epsilon() {
        return epsilon;
    }

    /** {@code learningRate / (1 - beta1^t)}. */
    public float stepSize() {
        return stepSize;
    }

    /** {@code 1 / sqrt(1 - beta2^t)}. */
    public float inverseRootBias2() {
        return inverseRootBias2;
    }

    /** Multiplies every gradient. */
    public float gradientScale() {
        return gradientScale;
    }
}
