package io.nanogpt.impl.train;

import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.spi.ParameterStore;
import java.util.LinkedHashMap;
import java.util.Map;

/** A copy of the weights of the lowest validation loss, if the configuration keeps them. */
final class BestWeights {
    private final ParameterStore parameters;
    /** By parameter; empty if they are not kept. */
    private final Map<String, float[]> copies = new LinkedHashMap<>();

    BestWeights(ParameterStore parameters, boolean keep) {
        this.parameters = parameters;
        if (keep) {
            for (ParameterSpec spec : parameters.trained()) {
                copies.put(spec.name(), new float[spec.elements()]);
            }
        }
    }

    /** Copies the current weights, if they are to be kept. */
    void keep() {
        copies.forEach(parameters::read);
    }

    /** Restores the best weights, if they were kept. */
    void restore() {
        copies.forEach(parameters::write);
    }

    /** The copies, by parameter. */
    Map<String, float[]> copies() {
        return copies;
    }
}
