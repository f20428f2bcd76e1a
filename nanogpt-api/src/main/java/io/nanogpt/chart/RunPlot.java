package io.nanogpt.chart;

/** What of some runs is drawn. */
public enum RunPlot {
    /** Training and validation loss over optimizer steps. */
    STEPS,
    /** Training and validation loss over the tokens trained on. */
    TOKENS,
    /** Training and validation loss over seconds. */
    SECONDS,
    /** The losses of the final weights as bars, with their deviations over seeds. */
    FINALS,
    /** The validation loss of the final weights over the number of parameters. */
    PARAMETERS
}
