package com.example;

import io.nanogpt.spi.Backend;
import io.nanogpt.spi.BackendProvider;

/** Opens {@link TimedBackend} over the backend of the processor. */
public final class TimedBackendProvider implements BackendProvider {
    @Override
    public String name() {
        return "timed";
    }

    @Override
    public Backend open(int threads) {
        return new TimedBackend(BackendProvider.named("cpu").open(threads));
    }
}
