package io.nanogpt.impl.djl;

import io.nanogpt.Diagnosis;
import io.nanogpt.backend.Backends;
import io.nanogpt.spi.Backend;
import io.nanogpt.spi.BackendProvider;
import java.util.List;

/**
 * Provides {@link DjlBackend} on the first GPU, otherwise on the processor. Loads no class of DJL before a method other
 * than {@link #name} is called.
 */
public final class DjlBackendProvider implements BackendProvider {
    /** Called by {@link java.util.ServiceLoader}. */
    public DjlBackendProvider() {}

    @Override
    public String name() {
        return "djl";
    }

    @Override
    public Backend open(int threads) {
        return DjlBackend.open(Backends.djl(), threads);
    }

    @Override
    public boolean computesOnGpu() {
        return DjlBackend.findsGpu();
    }

    @Override
    public List<Diagnosis> diagnose() {
        return DjlBackend.diagnose();
    }
}
