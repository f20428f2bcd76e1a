package io.nanogpt;

import io.nanogpt.spi.Library;
import java.util.List;
import java.util.Optional;

/**
 * What was found out about one part of this machine that the library can use.
 *
 * @param subject the part, for example {@code ONNX Runtime}
 * @param finding what is there, or what is not
 * @param advice what to do so that it works, or works better; empty where nothing needs doing
 */
public record Diagnosis(String subject, String finding, Optional<String> advice) {
    /** Of everything: the JDK, the kernels, every backend on the class path, ONNX Runtime, CUDA. */
    public static List<Diagnosis> all() {
        return Library.get().diagnose();
    }
}
