package io.nanogpt.impl.cpu;

import io.nanogpt.train.Sgd;

/** The coefficients of one step of gradient descent, the same for all elements. Reused like {@link AdamWStep}. */
public final class SgdStep {
    private float learningRate;
    private float momentum;
    private float weightDecay;
    private float gradientScale;
    private boolean nesterov;

    void set(Sgd optimizer, double rate, double scale) {
        learningRate = (float) rate;
        momentum = (float) optimizer.momentum();
        weightDecay = (float) optimizer.weightDecay();
        gradientScale = (float) scale;
        nesterov = optimizer.nesterov();
    }

    /** Multiplies every update. */
    public float learningRate() {
        return learningRate;
    }

    /** Decay rate of the velocity; 0 for plain gradient descent. */
    public float momentum() {
        return momentum;
    }

    /** Share of each parameter that is added to its gradient. */
    public float weightDecay() {
        return weightDecay;
    }

    /** Multiplies every gradient. */
    public float gradientScale() {
        return gradientScale;
    }

    /** Whether the momentum is Nesterov's. */
    public boolean nesterov() {
        return nesterov;
    }
}
