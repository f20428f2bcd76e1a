package io.nanogpt.spi;

import io.nanogpt.train.Optimizer;

/** The parameters of one model with their gradients and optimizer moments, in the memory of the backend. */
public interface ParameterStore extends ParameterSource {
    /** Sets the values of a parameter, row-major. */
    void write(String name, float[] source);

    /** Copies out the gradient of a parameter from the last run, row-major. */
    void readGradient(String name, float[] destination);

    /** Returns the Euclidean norm of all gradients of the last run. */
    double gradientNorm();

    /** Adds the gradients of the last run, times a weight, to the accumulated ones. */
    void accumulateGradients(float weight);

    /**
     * Sets the gradients to those of the last run times a weight plus the accumulated ones, which are then discarded.
     */
    void mergeAccumulatedGradients(float weight);

    /**
     * Applies one optimizer step to all parameters.
     *
     * @param step counted from 1, for the bias correction
     * @param learningRate of this step
     * @param gradientScale multiplies every gradient first, for clipping and accumulation
     */
    void update(Optimizer optimizer, long step, double learningRate, double gradientScale);

    /**
     * Copies out an optimizer moment of a parameter, row-major; zero before the first update.
     *
     * @param order 1 for AdamW's mean or the velocity of SGD, 2 for AdamW's mean of squares
     */
    void readMoment(String name, int order, float[] destination);

    /** Sets an optimizer moment of a parameter, row-major. */
    void writeMoment(String name, int order, float[] source);
}
