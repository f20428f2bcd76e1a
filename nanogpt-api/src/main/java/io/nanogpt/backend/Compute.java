package io.nanogpt.backend;

import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * What computes a model, and with which kernels.
 *
 * @param backend the name of the backend for people, for example {@code cpu, vector (512 bits), 2 threads}
 * @param kernels the code that does the arithmetic
 * @param reason why these kernels were chosen; empty where there is no choice
 * @param advice what to do for faster kernels, if anything
 */
public record Compute(String backend, Kernels kernels, String reason, Optional<String> advice) {
    /** The code that does the arithmetic. */
    public enum Kernels {
        /** Java with the Vector API. */
        VECTOR,
        /** Java without it, several times slower. */
        SCALAR,
        /** Not this library's: native code, a GPU, or another backend's. */
        EXTERNAL;

        /** In small letters, as the command line prints it. */
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
