package io.nanogpt.generate;

import io.nanogpt.NanogptInterruptedException;

/** Thrown if the thread is interrupted during generation; the interrupt flag stays set. */
public final class GenerationInterruptedException extends NanogptInterruptedException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     *
     * @param tokens the number of tokens generated before the interrupt
     */
    public GenerationInterruptedException(int tokens) {
        super("generation was interrupted after " + tokens + " tokens; to limit its time and keep the text so far, use"
                + " GenerationOptions.withTimeout");
    }
}
