package io.nanogpt.train;

/**
 * A completed optimizer step. One object is reused for all steps of a run, so its values are valid during the call
 * only.
 */
public interface TrainingStep {
    /** Returns the number of the step, counted from 1. */
    int number();

    /** Returns the loss of the step's batch, before the update. */
    float loss();

    /** Returns the learning rate of the update. */
    double learningRate();

    /** Returns the global norm of the gradients, before clipping. Computed on demand. */
    double gradientNorm();

    /** Returns the training tokens so far. */
    long tokens();

    /** Returns the duration of the step in seconds. */
    double stepSeconds();

    /** Returns the seconds since the start of the run, evaluations and the time before a resumption included. */
    double seconds();
}
