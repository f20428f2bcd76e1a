package io.nanogpt.impl.runtime;

import io.nanogpt.Diagnosis;
import io.nanogpt.impl.onnx.OnnxDoctor;
import io.nanogpt.spi.BackendProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;

/** Diagnoses of this machine: the JDK, the backends and ONNX Runtime. */
final class Doctor {
    private Doctor() {}

    static List<Diagnosis> diagnose() {
        List<Diagnosis> all = new ArrayList<>();
        all.add(new Diagnosis(
                "JDK",
                System.getProperty("java.version") + " of " + System.getProperty("java.vendor") + ", "
                        + Runtime.getRuntime().availableProcessors() + " processors, at most "
                        + (Runtime.getRuntime().maxMemory() >> 20) + " MiB of heap",
                Optional.empty()));
        try {
            BackendProvider.all().forEach(provider -> all.addAll(diagnose(provider)));
        } catch (ServiceConfigurationError e) {
            all.add(new Diagnosis(
                    "Backends",
                    "a backend cannot be loaded: " + e.getMessage(),
                    Optional.of("remove or repair its jar")));
        }
        all.addAll(OnnxDoctor.diagnose());
        return all;
    }

    /** Reports a failing backend of another library as a diagnosis. */
    private static List<Diagnosis> diagnose(BackendProvider provider) {
        try {
            return provider.diagnose();
        } catch (RuntimeException | LinkageError e) {
            return List.of(new Diagnosis(
                    "Backend " + provider.name(), "failed: " + e, Optional.of("remove or repair its jar")));
        }
    }
}
