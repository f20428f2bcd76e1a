package io.nanogpt.generate;

import io.nanogpt.NanogptException;

/** Thrown where an interrupt of the thread cuts generation short; the interrupt flag stays set. */
public final class GenerationInterruptedException extends NanogptException {
    private static final long serialVersionUID = 1L;

    /**
     * An exception.
     *
     * @param tokens that were generated before the interrupt
     */
    public GenerationInterruptedException(int tokens) {
        super("generation was interrupted after " + tokens + " tokens; to end it by time and keep the text, set"
                + " GenerationOptions.withTimeout instead");
    }
}
