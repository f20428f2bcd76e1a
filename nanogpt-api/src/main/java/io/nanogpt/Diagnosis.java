package io.nanogpt;

import io.nanogpt.spi.Library;
import java.util.List;
import java.util.Optional;

/**
 * The state of one component that the library can use on this machine.
 *
 * @param subject the component, for example {@code ONNX Runtime}
 * @param finding what is present or missing
 * @param advice what to do so that it works, or works faster; empty if nothing needs doing
 */
public record Diagnosis(String subject, String finding, Optional<String> advice) {
    /** Returns the diagnoses of the JDK, the kernels, every backend on the class path, ONNX Runtime and CUDA. */
    public static List<Diagnosis> all() {
        return Library.get().diagnose();
    }
}
