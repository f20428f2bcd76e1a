package io.nanogpt.impl.djl;

import io.nanogpt.backend.Backends;
import io.nanogpt.impl.conformance.BackendConformance;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * Conformance on PyTorch's CPU engine, with fused attention and with that of GPUs; on one thread, since for models this
 * small a second one costs more than it gains.
 */
@EnabledOnOs(
        value = OS.LINUX,
        architectures = "amd64",
        disabledReason = "PyTorch is on the class path for Linux on x86-64")
@Tag("any-jdk")
class DjlConformanceTest extends BackendConformance {
    @Override
    protected Stream<Opener> openers() {
        return Stream.of(
                new Opener(
                        "fused attention", () -> DjlBackend.open(Backends.djl().withDevice("cpu"), 1)),
                new Opener(
                        "attention written out",
                        () -> DjlBackend.open(Backends.djl().withDevice("cpu"), 1, false)));
    }
}
