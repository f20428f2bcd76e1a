package com.example;

import io.nanogpt.model.Architecture;
import io.nanogpt.spi.ArchitectureProvider;
import java.util.Map;
import java.util.Set;

/** Builds a {@link Bigram} again from the settings of a saved one. */
public final class BigramProvider implements ArchitectureProvider {
    @Override
    public Set<String> kinds() {
        return Set.of(Bigram.KIND);
    }

    @Override
    public Architecture create(String kind, Map<String, Object> settings) {
        return new Bigram(number(settings, "vocabularySize"), number(settings, "width"));
    }

    private static int number(Map<String, Object> settings, String name) {
        if (settings.get(name) instanceof Number number) {
            return number.intValue();
        }
        throw new IllegalArgumentException(name + " must be a number, but is " + settings.get(name));
    }
}
