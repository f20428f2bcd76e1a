package io.nanogpt.spi;

import io.nanogpt.train.Optimizer;

/** The parameters of one model with their gradients and optimizer moments, where the backend keeps them. */
public interface ParameterStore extends ParameterSource {
    /** Replaces a parameter. */
    void write(String name, float[] source);

    /** Copies a parameter's gradient of the last run out. */
    void readGradient(String name, float[] destination);

    /** The Euclidean norm of all gradients of the last run. */
    double gradientNorm();

    /** Adds the gradients of the last run, times a weight, to the accumulated gradients. */
    void accumulateGradients(float weight);

    /**
     * Adds the accumulated gradients to those of the last run, times a weight, and resets the accumulated ones to zero.
     */
    void mergeAccumulatedGradients(float weight);

    /**
     * One step on all parameters.
     *
     * @param step counted from 1, for the bias correction
     * @param learningRate of this step
     * @param gradientScale multiplies every gradient first, for clipping and accumulation
     */
    void update(Optimizer optimizer, long step, double learningRate, double gradientScale);

    /**
     * Copies a moment of a parameter's gradient out: zero before the first update.
     *
     * @param order 1 for AdamW's mean or the velocity of SGD, 2 for AdamW's mean of squares
     */
    void readMoment(String name, int order, float[] destination);

    /** Replaces a moment. */
    void writeMoment(String name, int order, float[] source);
}
