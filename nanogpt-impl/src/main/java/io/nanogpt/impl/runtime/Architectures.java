package io.nanogpt.impl.runtime;

import io.nanogpt.NanogptException;
import io.nanogpt.model.Architecture;
import io.nanogpt.spi.ArchitectureProvider;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The architectures that providers on the class path can build. */
final class Architectures {
    private Architectures() {}

    /** The kinds of all providers, in order. */
    static SortedSet<String> kinds() {
        return ArchitectureProvider.all().stream()
                .flatMap(provider -> provider.kinds().stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * Builds an architecture again from what its {@link Architecture#settings} gave.
     *
     * @throws NanogptException if nobody builds this kind, or the settings are wrong
     */
    static Architecture create(String kind, Map<String, Object> settings) {
        List<ArchitectureProvider> all = ArchitectureProvider.all();
        List<ArchitectureProvider> found =
                all.stream().filter(provider -> provider.kinds().contains(kind)).toList();
        if (found.isEmpty()) {
            throw new NanogptException("unknown architecture '" + kind + "'; known: " + String.join(", ", kinds())
                    + "; for an architecture of your own, add the jar with its "
                    + ArchitectureProvider.class.getName());
        }
        if (found.size() > 1) {
            throw new NanogptException("architecture '" + kind + "' has several providers: "
                    + found.stream()
                            .map(provider -> provider.getClass().getName())
                            .collect(Collectors.joining(", "))
                    + "; remove all but one from the class path");
        }
        try {
            return found.get(0).create(kind, settings);
        } catch (IllegalArgumentException | ArithmeticException | ClassCastException | NullPointerException e) {
            throw new NanogptException("the settings of architecture '" + kind + "' cannot work: " + e.getMessage(), e);
        }
    }
}
