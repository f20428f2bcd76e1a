package io.nanogpt.impl.cpu;

import io.nanogpt.Diagnosis;
import io.nanogpt.NanogptException;
import io.nanogpt.backend.Backends.MatrixPrecision;
import io.nanogpt.backend.Compute;
import io.nanogpt.spi.Backend;
import io.nanogpt.spi.BackendProvider;
import io.nanogpt.spi.MatrixProductsProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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
        List<Diagnosis> all = new ArrayList<>();
        all.add(diagnose("Kernels", MatrixPrecision.F32));
        for (MatrixProductsProvider provider : MatrixProductsProvider.all()) {
            String precision = provider.precision().name().toLowerCase(Locale.ROOT);
            all.add(diagnose("Products in " + precision, provider.precision()));
        }
        return all;
    }

    private static Diagnosis diagnose(String component, MatrixPrecision precision) {
        try (CpuBackend backend = CpuBackend.open(1, precision)) {
            Compute compute = backend.compute();
            return new Diagnosis(component, compute.backend() + "; " + compute.reason(), compute.advice());
        } catch (NanogptException e) {
            return new Diagnosis(component, "not usable", Optional.of(String.valueOf(e.getMessage())));
        }
    }
}
