package io.nanogpt.impl.djl;

import io.nanogpt.graph.ParameterSpec;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Offsets of the parameters in a flat array: matrices first, so that those with weight decay are contiguous. */
final class ParameterLayout {
    private final Map<String, Place> places = new HashMap<>();
    private final long matrices;
    private final long elements;

    /**
     * A parameter's place.
     *
     * @param sizes the shape in TorchScript syntax
     */
    record Place(long offset, long elements, String sizes) {}

    ParameterLayout(List<ParameterSpec> specs) {
        long end = 0;
        for (ParameterSpec spec : specs) {
            end = spec.isMatrix() ? add(spec, end) : end;
        }
        matrices = end;
        for (ParameterSpec spec : specs) {
            end = spec.isMatrix() ? end : add(spec, end);
        }
        elements = end;
    }

    private long add(ParameterSpec spec, long offset) {
        String sizes = Arrays.toString(spec.shape().sizes());
        if (places.put(spec.name(), new Place(offset, spec.elements(), sizes)) != null) {
            throw new IllegalArgumentException("two parameters are named " + spec.name());
        }
        return Math.addExact(offset, spec.elements());
    }

    /** Total elements of all matrices. */
    long matrices() {
        return matrices;
    }

    /** Total elements of all parameters. */
    long elements() {
        return elements;
    }

    Place place(String name) {
        Place place = places.get(name);
        if (place == null) {
            throw new IllegalArgumentException("no parameter " + name + "; there are " + places.keySet());
        }
        return place;
    }

    /** A parameter's place, after a check that an array has its size. */
    Place place(String name, int length) {
        Place place = place(name);
        if (length != place.elements()) {
            throw new IllegalArgumentException(
                    "parameter " + name + " has " + place.elements() + " elements, but the array has " + length);
        }
        return place;
    }
}
