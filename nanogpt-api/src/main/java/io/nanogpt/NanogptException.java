package io.nanogpt;

/**
 * Something outside the program cannot work: a file that is broken, a run that diverged, a missing implementation. The
 * message says what was given, what is allowed and what to do.
 */
public class NanogptException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** With a message for people. */
    public NanogptException(String message) {
        super(message);
    }

    /** With a message for people and what caused it. */
    public NanogptException(String message, Throwable cause) {
        super(message, cause);
    }
}
