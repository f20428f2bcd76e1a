package io.nanogpt.spi;

/** A run would not fit in memory. */
public class BatchTooLargeException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /** The largest batch that would fit; 0 where none would. */
    private final int fittingBatch;

    /** With a message for people. */
    public BatchTooLargeException(String message, int fittingBatch) {
        super(message);
        this.fittingBatch = fittingBatch;
    }

    /** The largest batch that would fit; 0 where none would. */
    public int fittingBatch() {
        return fittingBatch;
    }
}
