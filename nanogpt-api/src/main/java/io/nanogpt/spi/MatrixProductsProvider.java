package io.nanogpt.spi;

import io.nanogpt.NanogptException;
import io.nanogpt.backend.Backends.MatrixPrecision;
import java.util.List;
import java.util.Locale;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/**
 * Opens {@link MatrixProducts} for the CPU backend. Providers are found by {@link ServiceLoader}: name the class in
 * {@code META-INF/services/io.nanogpt.spi.MatrixProductsProvider}, or in a {@code provides} clause of a module. The class
 * needs a public constructor without parameters, which must neither fail nor load native code.
 */
public interface MatrixProductsProvider {
    /** Returns the precision to which operands are rounded. */
    MatrixPrecision precision();

    /**
     * Loads the code.
     *
     * @throws NanogptException if it cannot run on this machine, or the processor has no units for the precision; the
     *     message states what is missing
     */
    MatrixProducts open();

    /**
     * Returns the provider of a precision.
     *
     * @throws NanogptException if none or more than one is on the class path
     */
    static MatrixProductsProvider of(MatrixPrecision precision) {
        List<MatrixProductsProvider> found = all().stream()
                .filter(provider -> provider.precision() == precision)
                .toList();
        String type = precision.name().toLowerCase(Locale.ROOT);
        if (found.isEmpty()) {
            throw new NanogptException("nothing on the class path computes matrix products in " + type
                    + " on the CPU; add the artifact nanogpt-native, or train in f32");
        }
        if (found.size() > 1) {
            throw new NanogptException("several libraries compute matrix products in " + type + " on the CPU: "
                    + found.stream()
                            .map(provider -> provider.getClass().getName())
                            .collect(Collectors.joining(", "))
                    + "; remove all but one from the class path");
        }
        return found.get(0);
    }

    /**
     * Returns the providers on the class path or module path.
     *
     * @throws java.util.ServiceConfigurationError if one of them cannot be loaded
     */
    static List<MatrixProductsProvider> all() {
        return ServiceLoader.load(MatrixProductsProvider.class, MatrixProductsProvider.class.getClassLoader()).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
    }
}
