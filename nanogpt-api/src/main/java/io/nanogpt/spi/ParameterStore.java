package io.nanogpt.spi;

import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.train.ParameterGroups;
import java.util.function.ObjIntConsumer;
import java.util.stream.IntStream;

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
        float[] values = new float[spec(name).elements()];
        filler.accept(values, 0);
        write(name, values);
    }

    private ParameterSpec spec(String name) {
        return specs().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no parameter " + name));
    }

    /** Copies out the gradient of a parameter from the last run, row-major. */
    void readGradient(String name, float[] destination);

    /**
     * Sets the gradient of a parameter, row-major, as if the last run had computed it.
     *
     * @throws UnsupportedOperationException for a table of n-grams of which the store has the gradients of rows alone;
     *     see {@link #writeRowGradient}
     */
    void writeGradient(String name, float[] source);

    /**
     * Copies out the gradient of a table of n-grams from the last run, in the order of rows that {@link #gradientNorm}
     * sums, or by default those rows that are not zero.
     */
    default RowGradient readRowGradient(String name) {
        ParameterSpec spec = spec(name);
        float[] dense = new float[spec.elements()];
        readGradient(name, dense);
        int width = spec.shape().size(1);
        int[] rows = IntStream.range(0, spec.shape().size(0))
                .filter(row -> IntStream.range(row * width, (row + 1) * width).anyMatch(i -> dense[i] != 0))
                .toArray();
        float[] values = new float[rows.length * width];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(dense, rows[i] * width, values, i * width, width);
        }
        return new RowGradient(rows, values);
    }

    /** Sets the gradient of a table of n-grams, as if the last run had computed it. */
    default void writeRowGradient(String name, RowGradient gradient) {
        ParameterSpec spec = spec(name);
        float[] dense = new float[spec.elements()];
        int width = spec.shape().size(1);
        for (int i = 0; i < gradient.rows().length; i++) {
            System.arraycopy(gradient.values(), i * width, dense, gradient.rows()[i] * width, width);
        }
        writeGradient(name, dense);
    }

    /** Returns the Euclidean norm of all gradients of the last run. */
    double gradientNorm();

    /** Adds the gradients of the last run, times a weight, to the accumulated ones. */
    void accumulateGradients(float weight);

    /**
     * Adds numbers times a weight to others, with the arithmetic of {@link #accumulateGradients}: by default rounded once.
     *
     * @param from the first element of {@code values}
     * @param length the number of elements
     * @param sum receives the sum from {@code to} on
     */
    default void addWeighted(float[] values, int from, int length, float weight, float[] sum, int to) {
        for (int i = 0; i < length; i++) {
            sum[to + i] = Math.fma(values[from + i], weight, sum[to + i]);
        }
    }

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
