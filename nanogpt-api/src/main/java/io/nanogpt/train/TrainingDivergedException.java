package io.nanogpt.train;

import io.nanogpt.NanogptException;

/** Thrown if the loss of a step was not finite, or exploded; see {@link DivergencePolicy}. */
public class TrainingDivergedException extends NanogptException {
    private static final long serialVersionUID = 1L;

    /** The step, counted from 1. */
    private final int step;

    /**
     * Creates an exception.
     *
     * @param step the step, counted from 1
     * @param message its loss, the last good loss, and what to do
     */
    public TrainingDivergedException(int step, String message) {
        super(message);
        this.step = step;
    }

    /** Returns the step, counted from 1. */
    public int step() {
        return step;
    }
}
