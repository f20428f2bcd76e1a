package com.example;

import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.graph.Shape;
import io.nanogpt.spi.OptimizerRule;
import io.nanogpt.spi.ParameterUpdate;
import java.util.List;

/** Lion (Chen et al. 2023): the sign of an average of momentum and gradient. */
public record Lion(float beta1, float beta2) implements OptimizerRule {
    @Override
    public String description() {
        return "lion[" + beta1 + ", " + beta2 + "]";
    }

    @Override
    public List<Shape> stateShapes(ParameterSpec parameter) {
        return List.of(parameter.shape());
    }

    @Override
    public void update(ParameterUpdate update) {
        float[] w = update.values();
        float[] g = update.gradient();
        float[] m = update.state(0);
        float rate = (float) update.learningRate();
        float decay = (float) (update.learningRate() * update.weightDecay());
        for (int i = 0; i < w.length; i++) {
            float direction = Math.signum(beta1 * m[i] + (1 - beta1) * g[i]);
            w[i] -= rate * direction + decay * w[i];
            m[i] = beta2 * m[i] + (1 - beta2) * g[i];
        }
    }
}
