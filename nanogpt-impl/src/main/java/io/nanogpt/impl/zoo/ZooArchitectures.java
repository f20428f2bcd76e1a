package io.nanogpt.impl.zoo;

import io.nanogpt.model.Architecture;
import io.nanogpt.spi.ArchitectureProvider;
import java.util.Map;
import java.util.Set;

/** Provides the architectures of the library. */
public final class ZooArchitectures implements ArchitectureProvider {
    /** Called by {@link java.util.ServiceLoader}. */
    public ZooArchitectures() {}

    @Override
    public Set<String> kinds() {
        return Set.copyOf(Zoo.KINDS);
    }

    @Override
    public Architecture create(String kind, Map<String, Object> settings) {
        return Zoo.create(kind, settings);
    }
}
