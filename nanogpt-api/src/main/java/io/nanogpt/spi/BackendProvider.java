package io.nanogpt.spi;

import io.nanogpt.Diagnosis;
import io.nanogpt.NanogptException;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/**
 * Opens a backend. Providers are found by {@link ServiceLoader}: name the class in
 * {@code META-INF/services/io.nanogpt.spi.BackendProvider}, or in a {@code provides} clause of a module. The class
 * needs a public constructor without parameters, which must neither fail nor load optional dependencies.
 *
 * @see io.nanogpt.backend.Backends#named
 */
public interface BackendProvider {
    /**
     * Returns the name for {@link io.nanogpt.backend.Backends#named}, for example {@code cpu}; unique on the class
     * path.
     */
    String name();

    /**
     * Opens the backend.
     *
     * @param threads CPU threads that the backend may use, at least 1
     * @throws NanogptException if the backend cannot run on this machine; the message states what is missing
     */
    Backend open(int threads);

    /** Whether {@link #open} would use a GPU on this machine; false by default. */
    default boolean computesOnGpu() {
        return false;
    }

    /** Returns the state of this backend on this machine, for {@link Diagnosis#all}; by default that it is present. */
    default List<Diagnosis> diagnose() {
        return List.of(new Diagnosis(
                "Backend " + name(), "on the class path, " + getClass().getName(), Optional.empty()));
    }

    /**
     * Returns the providers on the class path or module path.
     *
     * @throws java.util.ServiceConfigurationError if one of them cannot be loaded
     */
    static List<BackendProvider> all() {
        return ServiceLoader.load(BackendProvider.class, BackendProvider.class.getClassLoader()).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
    }

    /**
     * Returns the provider with a name.
     *
     * @throws NanogptException if there is none or more than one; the message lists the alternatives
     */
    static BackendProvider named(String name) {
        List<BackendProvider> all = all();
        List<BackendProvider> found =
                all.stream().filter(provider -> provider.name().equals(name)).toList();
        if (found.size() == 1) {
            return found.get(0);
        }
        if (found.isEmpty()) {
            throw new NanogptException("no backend is named " + name + "; on the class path are "
                    + all.stream().map(BackendProvider::name).sorted().collect(Collectors.joining(", "))
                    + "; add the jar that provides it");
        }
        throw new NanogptException("several backends are named " + name + ": "
                + found.stream().map(provider -> provider.getClass().getName()).collect(Collectors.joining(", "))
                + "; remove all but one from the class path");
    }
}
