package io.nanogpt.spark;

import io.nanogpt.NanogptException;
import org.jspecify.annotations.Nullable;

/** Another worker of a run ended or does not answer; the run is submitted again. */
final class WorkerLostException extends NanogptException {
    private static final long serialVersionUID = 1L;

    WorkerLostException(String message, @Nullable Throwable cause) {
        super(message);
        if (cause != null) {
            initCause(cause);
        }
    }

    /** The loss of a worker among the causes of an exception; null if there is none. */
    static @Nullable WorkerLostException in(@Nullable Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof WorkerLostException lost) {
                return lost;
            }
        }
        return null;
    }
}
