package io.nanogpt.impl.train;

import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.spi.ParameterStore;
import java.util.LinkedHashMap;
import java.util.Map;

/** The weights of the lowest validation loss, where asked to keep them. */
final class BestWeights {
    private final ParameterStore parameters;
    /** By parameter; empty where they are not asked for. */
    private final Map<String, float[]> copies = new LinkedHashMap<>();

    BestWeights(ParameterStore parameters, boolean keep) {
        this.parameters = parameters;
        if (keep) {
            for (ParameterSpec spec : parameters.specs()) {
                copies.put(spec.name(), new float[spec.elements()]);
            }
        }
    }

    /** Remembers the present weights. */
    void keep() {
        copies.forEach(parameters::read);
    }

    /** Puts the best weights back, if they were kept. */
    void restore() {
        copies.forEach(parameters::write);
    }

    /** The weights themselves. */
    Map<String, float[]> copies() {
        return copies;
    }
}
