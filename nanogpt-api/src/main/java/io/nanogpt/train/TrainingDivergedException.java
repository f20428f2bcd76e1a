package io.nanogpt.train;

import io.nanogpt.NanogptException;

/** The loss of a step was not a number, or exploded: see {@link DivergencePolicy}. */
public class TrainingDivergedException extends NanogptException {
    private static final long serialVersionUID = 1L;

    /** The step, counted from 1. */
    private final int step;

    /** With the step, the loss and the last good one. */
    public TrainingDivergedException(int step, double loss, float lastGoodLoss, double learningRate) {
        super("the loss of step " + step + " is " + (float) loss + "; the last good loss was " + lastGoodLoss
                + ". Nothing was saved over. Lower the learning rate (it is " + learningRate
                + "; try " + learningRate / 3 + "), clip gradients with gradientClip(1), or roll back with"
                + " divergencePolicy(DivergencePolicy.rollBack(3))");
        this.step = step;
    }

    /** The step, counted from 1. */
    public int step() {
        return step;
    }
}
