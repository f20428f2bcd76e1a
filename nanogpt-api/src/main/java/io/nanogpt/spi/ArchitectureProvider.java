package io.nanogpt.spi;

import io.nanogpt.model.Architecture;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;

/**
 * Builds an architecture again from what a saved model's {@code config.json} records, so that the model can be loaded.
 * Providers are found by {@link ServiceLoader}: name the class in
 * {@code META-INF/services/io.nanogpt.spi.ArchitectureProvider}, or in a {@code provides} clause of a module. It needs a
 * public constructor without parameters.
 */
public interface ArchitectureProvider {
    /** The kinds that it builds, as {@link Architecture#kind} gives them; each unique on the class path. */
    Set<String> kinds();

    /**
     * Builds an architecture.
     *
     * @param kind one of {@link #kinds}
     * @param settings what {@link Architecture#settings} gave when the model was saved, read from JSON: numbers are
     *     {@link Integer}, {@link Long} or {@link Double}, whatever they were
     * @throws io.nanogpt.NanogptException if a setting is missing or wrong
     * @throws IllegalArgumentException if the settings do not fit together
     */
    Architecture create(String kind, Map<String, Object> settings);

    /**
     * The providers on the class path or module path.
     *
     * @throws java.util.ServiceConfigurationError if one of them cannot be loaded
     */
    static List<ArchitectureProvider> all() {
        return ServiceLoader.load(ArchitectureProvider.class, ArchitectureProvider.class.getClassLoader()).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
    }
}
