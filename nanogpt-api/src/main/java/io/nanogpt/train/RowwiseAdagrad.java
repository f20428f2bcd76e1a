package io.nanogpt.train;

import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.graph.Shape;
import java.util.List;

/**
 * Adagrad with one learning rate for each row of a table of n-grams ({@link ParameterSpec.Role#TABLE}): for the gradient
 * {@code g} of a row, {@code v += mean(g^2)} and {@code w -= learningRate * g / (sqrt(v) + epsilon)}. Only the rows that a
 * batch looked up change, so that a step costs what its tokens cost, whatever the size of the table; the state is one
 * number a row. It is the optimizer of PyTorch-BigGraph (Lerer et al. 2019). Immutable.
 *
 * <pre>{@code
 * ParameterGroups.of(AdamW.defaults()).with(ParameterSelector.tables(), RowwiseAdagrad.defaults());
 * }</pre>
 *
 * @param learningRate above 0, 0.05 by default
 * @param epsilon added to the denominator, above 0, 1e-10 by default
 */
public record RowwiseAdagrad(double learningRate, double epsilon) implements Optimizer {
    public RowwiseAdagrad {
        if (!(learningRate > 0) || Double.isInfinite(learningRate)) {
            throw new IllegalArgumentException("learningRate must be above 0, but is " + learningRate);
        }
        if (!(epsilon > 0) || Double.isInfinite(epsilon)) {
            throw new IllegalArgumentException("epsilon must be above 0, but is " + epsilon);
        }
    }

    /** Returns the defaults. */
    public static RowwiseAdagrad defaults() {
        return new RowwiseAdagrad(0.05, 1e-10);
    }

    @Override
    public RowwiseAdagrad withLearningRate(double value) {
        return new RowwiseAdagrad(value, epsilon);
    }

    /**
     * Returns this: rows have no weight decay.
     *
     * @throws IllegalArgumentException if the weight decay is not 0
     */
    @Override
    public RowwiseAdagrad withWeightDecay(double value) {
        if (value != 0) {
            throw new IllegalArgumentException("RowwiseAdagrad has no weight decay, but was given " + value
                    + "; give it to the optimizer of the other parameters");
        }
        return this;
    }

    @Override
    public Kind kind() {
        return Kind.ROWWISE_ADAGRAD;
    }

    /**
     * Returns the shape of the sums of mean squares, one for each row.
     *
     * @throws IllegalArgumentException if the parameter is not a table of n-grams
     */
    @Override
    public List<Shape> stateShapes(ParameterSpec parameter) {
        if (parameter.role() != ParameterSpec.Role.TABLE) {
            throw new IllegalArgumentException(
                    "RowwiseAdagrad updates only tables of n-grams, but " + parameter.name() + " is of the role "
                            + parameter.role() + "; select its parameters with ParameterSelector.tables()");
        }
        return List.of(Shape.of(parameter.shape().size(0)));
    }
}
