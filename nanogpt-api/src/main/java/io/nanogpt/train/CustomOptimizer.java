package io.nanogpt.train;

import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.graph.Shape;
import io.nanogpt.spi.OptimizerRule;
import java.util.List;
import java.util.Objects;

/**
 * An optimizer with an update rule of a user or another library. Immutable.
 *
 * @param learningRate above 0
 * @param weightDecay given to the rule; 0 by default
 * @param rule updates the parameters
 */
public record CustomOptimizer(double learningRate, double weightDecay, OptimizerRule rule) implements Optimizer {
    public CustomOptimizer {
        Objects.requireNonNull(rule, "rule");
        if (!(learningRate > 0) || Double.isInfinite(learningRate)) {
            throw new IllegalArgumentException("learningRate must be above 0, but is " + learningRate);
        }
        if (!(weightDecay >= 0)) {
            throw new IllegalArgumentException("weightDecay must be at least 0, but is " + weightDecay);
        }
    }

    /** Returns an optimizer without weight decay. */
    public static CustomOptimizer of(double learningRate, OptimizerRule rule) {
        return new CustomOptimizer(learningRate, 0, rule);
    }

    @Override
    public CustomOptimizer withLearningRate(double value) {
        return new CustomOptimizer(value, weightDecay, rule);
    }

    @Override
    public CustomOptimizer withWeightDecay(double value) {
        return new CustomOptimizer(learningRate, value, rule);
    }

    @Override
    public Kind kind() {
        return Kind.CUSTOM;
    }

    /** Returns the shapes that the rule gives. */
    @Override
    public List<Shape> stateShapes(ParameterSpec parameter) {
        return rule.stateShapes(parameter);
    }
}
