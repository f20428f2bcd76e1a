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
        super("the model generates " + sequences + (sequences == 1 ? " text" : " texts") + ", and as many wait as may ("
                + waiting + "); wait for one text to end, such as a future of generateAsync, before asking for another,"
                + " or let more wait: LanguageModel.batching with BatchOptions.withWaiting("
                + Math.max(1, 2 * waiting) + ")");
    }
}
