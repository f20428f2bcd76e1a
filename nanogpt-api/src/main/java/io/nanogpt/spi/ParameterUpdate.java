package io.nanogpt.spi;

import io.nanogpt.graph.ParameterSpec;
import java.util.List;

/** What an {@link OptimizerRule} reads and writes in one step of one parameter; all arrays are row-major. */
public final class ParameterUpdate {
    private final ParameterSpec parameter;
    private final float[] values;
    private final float[] gradient;
    private final List<float[]> state;
    private long step;
    private double learningRate;
    private double weightDecay;

    /**
     * Creates an update that a backend reuses from step to step.
     *
     * @param values of the parameter, used without a copy, as are the others
     * @param gradient of the parameter
     * @param state the arrays that the rule keeps, in the order of {@link OptimizerRule#stateShapes}
     */
    public ParameterUpdate(ParameterSpec parameter, float[] values, float[] gradient, List<float[]> state) {
        this.parameter = parameter;
        this.values = values;
        this.gradient = gradient;
        this.state = List.copyOf(state);
    }

    /**
     * Begins a step.
     *
     * @param number counted from 1
     * @param rate the learning rate, with the schedule's factor
     * @param decay the weight decay
     */
    public void begin(long number, double rate, double decay) {
        step = number;
        learningRate = rate;
        weightDecay = decay;
    }

    /** Returns the parameter. */
    public ParameterSpec parameter() {
        return parameter;
    }

    /** Returns the number of the step, counted from 1. */
    public long step() {
        return step;
    }

    /** Returns the learning rate of this step. */
    public double learningRate() {
        return learningRate;
    }

    /** Returns the weight decay. */
    public double weightDecay() {
        return weightDecay;
    }

    /** Returns the values, to be updated in place. */
    public float[] values() {
        return values;
    }

    /** Returns the gradient, clipped if the run clips it; what is written to it is not used. */
    public float[] gradient() {
        return gradient;
    }

    /** Returns an array that the rule keeps, by its index in {@link OptimizerRule#stateShapes}. */
    public float[] state(int index) {
        return state.get(index);
    }
}
