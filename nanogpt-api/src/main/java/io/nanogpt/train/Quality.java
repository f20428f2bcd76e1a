package io.nanogpt.train;

/** How much computation a {@linkplain ChosenRecipe chosen recipe} takes, whatever the machine. */
public enum Quality {
    /** About 0.25 TFLOP: some seconds on two cores. */
    FAST,
    /** About 1 TFLOP: less than half a minute on two cores. */
    GOOD,
    /** About 8 TFLOP: eight times the computation of {@link #GOOD}. */
    BEST
}
