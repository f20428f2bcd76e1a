package io.nanogpt.chart;

/** The quantity that a run chart plots. */
public enum RunPlot {
    /** Training and validation loss over optimizer steps. */
    STEPS,
    /** Training and validation loss over the tokens trained on. */
    TOKENS,
    /** Training and validation loss over seconds. */
    SECONDS,
    /** The losses of the final weights as bars, with their standard deviations over seeds. */
    FINALS,
    /** The validation loss of the final weights over the number of parameters. */
    PARAMETERS
}
