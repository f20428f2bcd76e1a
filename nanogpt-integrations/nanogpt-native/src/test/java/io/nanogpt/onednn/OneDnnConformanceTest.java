package io.nanogpt.onednn;

import io.nanogpt.impl.conformance.BackendConformance;
import io.nanogpt.impl.cpu.CpuBackend;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** All models and operations with products of oneDNN, in 32-bit floats, so that they can be compared with PyTorch's numbers. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
@Tag("any-jdk")
class OneDnnConformanceTest extends BackendConformance {
    @Override
    protected Stream<Opener> openers() {
        return Stream.of(new Opener("oneDNN", () -> CpuBackend.open(2, new OneDnnProducts(OneDnn.F32))));
    }
}
