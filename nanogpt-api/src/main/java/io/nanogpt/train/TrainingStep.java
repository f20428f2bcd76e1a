package io.nanogpt.train;

/** An optimizer step that was taken. One object serves all steps of a run: what it says is valid during the call only. */
public interface TrainingStep {
    /** Counted from 1. */
    int number();

    /** Of the step's batch, before the update. */
    float loss();

    /** Of the update. */
    double learningRate();

    /** The norm of all gradients together, before clipping. Computed when it is asked for. */
    double gradientNorm();

    /** Tokens trained on so far. */
    long tokens();

    /** What the step took. */
    double stepSeconds();

    /** Since the run began, evaluations and the time before it was resumed included. */
    double seconds();
}
