package io.nanogpt.impl.conformance;

import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.graph.Shape;
import io.nanogpt.spi.OptimizerRule;
import io.nanogpt.spi.ParameterUpdate;
import java.util.List;

/** Momentum, and an array with more elements than the parameter, whose last counts the steps. */
record MomentumRule() implements OptimizerRule {
    @Override
    public String description() {
        return "momentum";
    }

    @Override
    public List<Shape> stateShapes(ParameterSpec parameter) {
        return List.of(parameter.shape(), Shape.of(parameter.elements() + 1));
    }

    @Override
    public void update(ParameterUpdate update) {
        float[] values = update.values();
        float[] velocity = update.state(0);
        for (int i = 0; i < values.length; i++) {
            velocity[i] = 0.9f * velocity[i] + update.gradient()[i];
            values[i] -= (float) update.learningRate() * velocity[i];
        }
        update.state(1)[values.length]++;
    }
}
