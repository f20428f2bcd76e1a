package io.nanogpt.train;

import io.nanogpt.NanogptException;

/** Thrown if the loss of a step was not finite, or exploded; see {@link DivergencePolicy}. */
public class TrainingDivergedException extends NanogptException {
    private static final long serialVersionUID = 1L;

    /** The step, counted from 1. */
    private final int step;

    /** Creates an exception with the step, its loss, the last good loss and the learning rate. */
    public TrainingDivergedException(int step, double loss, float lastGoodLoss, double learningRate) {
        super("the loss of step " + step + " is " + (float) loss + "; the last good loss was " + lastGoodLoss
                + ". No saved model was overwritten. Lower the learning rate (it is " + learningRate
                + "; try " + learningRate / 3 + "), clip gradients with gradientClip(1), or roll back with"
                + " divergencePolicy(DivergencePolicy.rollBack(3))");
        this.step = step;
    }

    /** Returns the step, counted from 1. */
    public int step() {
        return step;
    }
}
