package io.nanogpt.spi;

/** Thrown if a run would not fit in memory. */
public class BatchTooLargeException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /** The largest batch size that fits; 0 if none does. */
    private final int fittingBatch;

    /** Creates an exception with a message for users and the largest batch size that fits. */
    public BatchTooLargeException(String message, int fittingBatch) {
        super(message);
        this.fittingBatch = fittingBatch;
    }

    /** Returns the largest batch size that fits; 0 if none does. */
    public int fittingBatch() {
        return fittingBatch;
    }
}
