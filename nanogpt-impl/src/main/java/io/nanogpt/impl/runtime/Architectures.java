package io.nanogpt.impl.runtime;

import io.nanogpt.NanogptException;
import io.nanogpt.model.Architecture;
import io.nanogpt.spi.ArchitectureProvider;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The architectures of the providers on the class path. */
final class Architectures {
    private Architectures() {}

    /** The kinds of all providers, in alphabetical order. */
    static SortedSet<String> kinds() {
        return ArchitectureProvider.all().stream()
                .flatMap(provider -> provider.kinds().stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * Builds an architecture from its {@link Architecture#settings}; empty if no provider builds this kind.
     *
     * @throws NanogptException if several providers build it, or the settings are wrong
     */
    static Optional<Architecture> create(String kind, Map<String, Object> settings) {
        List<ArchitectureProvider> found = ArchitectureProvider.all().stream()
                .filter(provider -> provider.kinds().contains(kind))
                .toList();
        if (found.isEmpty()) {
            return Optional.empty();
        }
        if (found.size() > 1) {
            throw new NanogptException("architecture '" + kind + "' has several providers: "
                    + found.stream()
                            .map(provider -> provider.getClass().getName())
                            .collect(Collectors.joining(", "))
                    + "; remove all but one from the class path");
        }
        try {
            return Optional.of(found.get(0).create(kind, settings));
        } catch (IllegalArgumentException | ArithmeticException | ClassCastException | NullPointerException e) {
            throw new NanogptException("invalid settings of architecture '" + kind + "': " + e.getMessage(), e);
        }
    }
}
