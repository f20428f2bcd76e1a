package io.nanogpt;

/**
 * Thrown for failures outside the program: a broken file, a diverged run, a missing implementation. The message states
 * what was given, what is allowed and what to do.
 */
public class NanogptException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message for users. */
    public NanogptException(String message) {
        super(message);
    }

    /** Creates an exception with a message for users and a cause. */
    public NanogptException(String message, Throwable cause) {
        super(message, cause);
    }
}
