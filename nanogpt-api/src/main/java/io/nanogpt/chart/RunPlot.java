package io.nanogpt.chart;

/** The quantity that a run chart plots. */
public enum RunPlot {
    /** Training and validation loss over optimizer steps. */
    STEPS,
    /** Training and validation loss over the tokens trained on. */
    TOKENS,
    /** Training and validation loss over seconds. */
    SECONDS,
    /**
     * The losses of the final weights as dots, with their standard deviations over seeds. If there is a baseline, they
     * are grouped by what differs from it.
     */
    FINALS,
    /** The validation loss of the final weights over the number of parameters. */
    PARAMETERS,
    /** Validation losses of a baseline and of the runs that differ from it, a small chart for each setting. */
    FACTORS,
    /** The validation loss of the final weights over the learning rate, with the rates at which runs diverged. */
    RATES,
    /** The learning rate of the steps. */
    LEARNING_RATE,
    /** The norm of the gradients before clipping. */
    GRADIENT_NORM,
    /** Training tokens per second. */
    SPEED
}
