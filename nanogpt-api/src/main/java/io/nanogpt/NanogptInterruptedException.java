package io.nanogpt;

/**
 * Thrown by every long operation whose thread is interrupted: generation (as
 * {@link io.nanogpt.generate.GenerationInterruptedException}), encoding, training of tokenizers, evaluation and reading
 * of files. The interrupt flag stays set. A training run and a grid of runs end early instead, with what they have.
 */
public class NanogptInterruptedException extends NanogptException {
    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message for users. */
    public NanogptInterruptedException(String message) {
        super(message);
    }

    /** Creates an exception with a message for users and a cause. */
    public NanogptInterruptedException(String message, Throwable cause) {
        super(message, cause);
    }

    /**
     * Throws if the current thread is interrupted, and leaves its interrupt flag set.
     *
     * @param operation that ends, for the message, such as {@code encoding}
     * @throws NanogptInterruptedException if the thread is interrupted
     */
    public static void check(String operation) {
        if (Thread.currentThread().isInterrupted()) {
            throw new NanogptInterruptedException(operation + " was interrupted; the interrupt flag of the thread \""
                    + Thread.currentThread().getName() + "\" stays set");
        }
    }
}
