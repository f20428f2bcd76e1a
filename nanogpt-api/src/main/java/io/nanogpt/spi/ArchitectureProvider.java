package io.nanogpt.spi;

import io.nanogpt.model.Architecture;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;

/**
 * Rebuilds the architecture of a saved model from its {@code config.json}.
 * Providers are found by {@link ServiceLoader}: name the class in
 * {@code META-INF/services/io.nanogpt.spi.ArchitectureProvider}, or in a {@code provides} clause of a module. The class
 * needs a public constructor without parameters.
 */
public interface ArchitectureProvider {
    /** Returns the {@linkplain Architecture#kind kinds} that this provider builds; each unique on the class path. */
    Set<String> kinds();

    /**
     * Builds an architecture.
     *
     * @param kind one of {@link #kinds}
     * @param settings the {@link Architecture#settings} of the saved model, read from JSON: numbers are
     *     {@link Integer}, {@link Long} or {@link Double}, whatever their original type
     * @throws io.nanogpt.NanogptException if a setting is missing or wrong
     * @throws IllegalArgumentException if the settings do not fit together
     */
    Architecture create(String kind, Map<String, Object> settings);

    /**
     * Returns the providers on the class path or module path.
     *
     * @throws java.util.ServiceConfigurationError if one of them cannot be loaded
     */
    static List<ArchitectureProvider> all() {
        return ServiceLoader.load(ArchitectureProvider.class, ArchitectureProvider.class.getClassLoader()).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
    }
}
