package io.nanogpt.impl.cpu;

import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.spi.ParameterUpdate;
import io.nanogpt.train.CustomOptimizer;
import java.util.Arrays;
import java.util.List;

/** The update of one parameter by a rule of a user, on copies, because the store has all values in one array. */
final class CustomUpdate {
    private final CustomOptimizer optimizer;
    private final ParameterUpdate update;
    private final float[][] state;
    private final int offset;

    /**
     * Of a parameter.
     *
     * @param state values, gradients and the arrays of the optimizer
     * @param offset of the parameter in values and gradients
     */
    CustomUpdate(CustomOptimizer optimizer, ParameterSpec parameter, float[][] state, int offset) {
        this.optimizer = optimizer;
        this.state = state;
        this.offset = offset;
        int arrays = optimizer.stateShapes(parameter).size();
        List<float[]> own = Arrays.asList(state).subList(2, 2 + arrays);
        update = new ParameterUpdate(parameter, new float[parameter.elements()], new float[parameter.elements()], own);
    }

    void run(long step, double rateFactor, double gradientScale) {
        float[] values = update.values();
        float[] gradient = update.gradient();
        float scale = (float) gradientScale;
        System.arraycopy(state[0], offset, values, 0, values.length);
        for (int i = 0; i < gradient.length; i++) {
            gradient[i] = state[1][offset + i] * scale;
        }
        update.begin(step, optimizer.learningRate() * rateFactor, optimizer.weightDecay());
        optimizer.rule().update(update);
        System.arraycopy(values, 0, state[0], offset, values.length);
    }
}
