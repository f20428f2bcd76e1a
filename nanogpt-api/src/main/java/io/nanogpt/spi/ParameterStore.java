package io.nanogpt.spi;

import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.train.AdamW;
import java.util.List;

/** The parameters of one model with their gradients and optimizer moments, where the backend keeps them. */
public interface ParameterStore {
    /** In the order in which they were allocated. */
    List<ParameterSpec> specs();

    /** Copies a parameter out, row-major. */
    void read(String name, float[] destination);

    /** Replaces a parameter. */
    void write(String name, float[] source);

    /** Copies a parameter's gradient of the last run out. */
    void readGradient(String name, float[] destination);

    /** The Euclidean norm of all gradients of the last run. */
    double gradientNorm();

    /**
     * One AdamW step on all parameters (Loshchilov and Hutter 2019).
     *
     * @param step counted from 1, for the bias correction
     * @param learningRate of this step
     * @param gradientScale multiplies every gradient first, for clipping and accumulation
     */
    void update(AdamW optimizer, long step, double learningRate, double gradientScale);
}
