package io.nanogpt.backend;

import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * The backend that runs a model, and its kernels.
 *
 * @param backend the display name of the backend, for example {@code cpu, vector (512 bits), 2 threads}
 * @param kernels the implementation of the arithmetic
 * @param reason why these kernels were chosen; empty if there is no choice
 * @param advice how to get faster kernels; empty if there are none
 */
public record Compute(String backend, Kernels kernels, String reason, Optional<String> advice) {
    /** The implementation of the arithmetic. */
    public enum Kernels {
        /** Java with the Vector API. */
        VECTOR,
        /** Java without the Vector API, which trains more slowly on most machines. */
        SCALAR,
        /** Code outside this library: native code, a GPU, or another backend. */
        EXTERNAL;

        /** Returns the name in lower case, as the command line prints it. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public Compute {
        Objects.requireNonNull(backend, "backend");
        Objects.requireNonNull(kernels, "kernels");
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(advice, "advice");
    }
}
