package io.nanogpt.spi;

import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.graph.Shape;
import java.util.List;

/**
 * An update rule that this library does not have: {@link io.nanogpt.train.CustomOptimizer} makes it an optimizer, also of
 * a group of parameters. A record is a good implementation, because two runs of equal rules are the same.
 */
public interface OptimizerRule {
    /**
     * Returns name and settings, for example {@code lion[beta1=0.9, beta2=0.99]}; a run is resumed only with the same.
     */
    String description();

    /**
     * Returns the shapes of the arrays that the rule keeps for a parameter from step to step; all are zero before the
     * first step, and checkpoints hold them.
     *
     * @throws IllegalArgumentException if it cannot update this parameter; the message says which it can
     */
    List<Shape> stateShapes(ParameterSpec parameter);

    /**
     * Updates the values and the state of one parameter in place. Called once a step for each parameter, for different
     * parameters by several threads at once. The result must be a function of the update alone.
     */
    void update(ParameterUpdate update);
}
