package io.nanogpt.impl.cpu;

import io.nanogpt.Diagnosis;
import io.nanogpt.NanogptException;
import io.nanogpt.backend.Compute;
import io.nanogpt.spi.Backend;
import io.nanogpt.spi.BackendProvider;
import io.nanogpt.spi.MatrixProductsProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

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
        all.add(diagnose("Kernels", () -> CpuBackend.open(1)));
        List<MatrixProductsProvider> providers = MatrixProductsProvider.all();
        if (providers.isEmpty()) {
            all.add(new Diagnosis(
                    "Products in bf16",
                    "not on the class path",
                    Optional.of("add io.nanogpt:nanogpt-native to train in bf16 on the CPU")));
        }
        for (MatrixProductsProvider provider : providers) {
            String precision = provider.precision().name().toLowerCase(Locale.ROOT);
            all.add(diagnose("Products in " + precision, () -> CpuBackend.open(1, provider.open())));
        }
        return all;
    }

    private static Diagnosis diagnose(String subject, Supplier<CpuBackend> opener) {
        try (CpuBackend backend = opener.get()) {
            Compute compute = backend.compute();
            return new Diagnosis(subject, compute.backend() + "; " + compute.reason(), compute.advice());
        } catch (NanogptException e) {
            return new Diagnosis(subject, "not usable", Optional.of(String.valueOf(e.getMessage())));
        }
    }
}
