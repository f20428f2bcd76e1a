package io.nanogpt.impl.cpu;

import io.nanogpt.Diagnosis;
import io.nanogpt.NanogptException;
import io.nanogpt.backend.Compute;
import io.nanogpt.spi.Backend;
import io.nanogpt.spi.BackendProvider;
import java.util.List;
import java.util.Optional;

/** Provides {@link CpuBackend}. */
public final class CpuBackendProvider implements BackendProvider {
    /** Called by {@link java.util.ServiceLoader}. */
    public CpuBackendProvider() {}

    @Override
    public String name() {
        return "cpu";
    }

    @Override
    public Backend open(int threads) {
        return CpuBackend.open(threads);
    }

    @Override
    public List<Diagnosis> diagnose() {
        try (CpuBackend backend = CpuBackend.open(1)) {
            Compute compute = backend.compute();
            return List.of(new Diagnosis("Kernels", compute.backend() + "; " + compute.reason(), compute.advice()));
        } catch (NanogptException e) {
            return List.of(new Diagnosis("Kernels", "not usable", Optional.of(String.valueOf(e.getMessage()))));
        }
    }
}
