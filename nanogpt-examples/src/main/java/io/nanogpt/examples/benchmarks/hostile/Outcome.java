package io.nanogpt.examples.benchmarks.hostile;

import io.nanogpt.NanogptException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** Tells the exceptions that callers are told to expect from those that nobody documents. */
final class Outcome {
    private Outcome() {}

    /** Whether a call succeeded, or failed with a documented exception that has a message. */
    static boolean isDocumented(@Nullable Throwable error) {
        if (error == null) {
            return true;
        }
        String message = error.getMessage();
        if (message == null || message.isBlank()) {
            return false;
        }
        // Not the subclasses, such as NumberFormatException: their messages are for programmers of the library.
        return error instanceof NanogptException
                || error instanceof UncheckedIOException
                || error.getClass() == IllegalArgumentException.class;
    }

    /** The class of an error and the first method of the library in its stack, by which findings are grouped. */
    static String signature(Throwable error) {
        return error.getClass().getSimpleName() + " at " + place(error.getStackTrace());
    }

    /** The first method of the library in a stack. */
    static String place(StackTraceElement[] stack) {
        for (StackTraceElement element : stack) {
            if (element.getClassName().startsWith("io.nanogpt.") && !isOurs(element.getClassName())) {
                return element.getClassName().replaceFirst(".*\\.", "") + "." + element.getMethodName();
            }
        }
        return "unknown place";
    }

    private static boolean isOurs(String className) {
        return className.startsWith(Outcome.class.getPackageName());
    }
}
