package io.nanogpt.generate;

import io.nanogpt.NanogptException;

/** Thrown if a model generates as many texts as it can at once, and as many wait as may. Nothing is generated. */
public final class QueueFullException extends NanogptException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     *
     * @param sequences texts that are generated at once
     * @param waiting texts that may wait
     */
    public QueueFullException(int sequences, int waiting) {
        super("the model generates " + sequences + " texts and " + waiting + " more wait, which is as many as may; try"
                + " again later, pass prompts as a list or a stream, or let more wait with"
                + " LanguageModel.batching(BatchOptions.defaults().withWaiting(" + Math.max(1, 2 * waiting) + "))");
    }
}
