package io.nanogpt.train;

/** Why a run ended. */
public enum StopReason {
    /** Its steps, epochs or tokens are done. */
    DONE,
    /** Its time is over. */
    TIME,
    /** The validation loss stopped falling. */
    NO_PROGRESS,
    /** Its thread was interrupted. */
    INTERRUPTED
}
