package io.nanogpt.spi;

import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.train.ParameterGroups;
import java.util.function.ObjIntConsumer;

/** The parameters of one model with their gradients and the state of optimizers, in the memory of the backend. */
public interface ParameterStore extends ParameterSource {
    /** Sets the values of a parameter, row-major, to a copy of these. */
    void write(String name, float[] source);

    /**
     * Sets the values of a parameter without a copy of them, if the store has an array that can be filled; otherwise as
     * {@link #write}.
     *
     * @param filler writes all values, row-major, into the given array from the given index on
     */
    default void fill(String name, ObjIntConsumer<float[]> filler) {
        ParameterSpec spec = specs().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no parameter " + name));
        float[] values = new float[spec.elements()];
        filler.accept(values, 0);
        write(name, values);
    }

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
     * Applies one step to all parameters, to each by its optimizer.
     *
     * @param groups usually the same in every step, so that a backend prepares them once
     * @param step counted from 1, for the bias correction
     * @param rateFactor multiplies the learning rate of every optimizer
     * @param gradientScale multiplies every gradient first, for clipping and accumulation
     * @throws IllegalArgumentException if an optimizer cannot update a parameter that it is given
     */
    void update(ParameterGroups groups, long step, double rateFactor, double gradientScale);

    /**
     * Copies out an array that the optimizer keeps for a parameter, row-major; zero before the first update.
     *
     * @param order its number in {@link io.nanogpt.train.Optimizer#stateShapes}, from 1: for AdamW 1 is the mean of
     *     gradients and 2 that of their squares
     * @param destination of the size of that shape
     */
    void readMoment(String name, int order, float[] destination);

    /**
     * Sets an array that the optimizer keeps for a parameter, row-major, which may be before the first update.
     *
     * @param order its number, as for {@link #readMoment}
     * @param source of the size of that shape
     */
    void writeMoment(String name, int order, float[] source);
}
