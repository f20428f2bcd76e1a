package io.nanogpt.train;

import io.nanogpt.NanogptException;

/** The loss of a step was not a finite number. */
public class TrainingDivergedException extends NanogptException {
    private static final long serialVersionUID = 1L;

    /** The step whose loss was not finite, counted from 1. */
    private final int step;

    /** With the step, the loss and the last loss that was finite. */
    public TrainingDivergedException(int step, float loss, float lastGoodLoss, double learningRate) {
        super("the loss of step " + step + " is " + loss + "; the last finite loss was " + lastGoodLoss
                + ". Nothing was saved over. Lower the learning rate (it is " + learningRate
                + "; try " + learningRate / 3 + "), or clip gradients with gradientClip(1)");
        this.step = step;
    }

    /** The step whose loss was not finite, counted from 1. */
    public int step() {
        return step;
    }
}
