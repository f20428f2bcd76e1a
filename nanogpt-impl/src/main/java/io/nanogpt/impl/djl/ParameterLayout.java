package io.nanogpt.impl.djl;

import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.train.Optimizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Offsets of the parameters in a flat array: trained ones first, and of these matrices, so that those with one optimizer are contiguous. */
final class ParameterLayout {
    private final Map<String, Place> places = new HashMap<>();
    /** In the order of their offsets. */
    private final List<ParameterSpec> ordered = new ArrayList<>();

    private final long trained;
    private final long elements;

    /**
     * A parameter's place.
     *
     * @param sizes the shape in TorchScript syntax
     */
    record Place(long offset, long elements, String sizes) {}

    ParameterLayout(List<ParameterSpec> specs) {
        trained = addAll(specs, false, 0);
        elements = addAll(specs, true, trained);
    }

    private long addAll(List<ParameterSpec> specs, boolean frozen, long from) {
        long end = from;
        for (boolean matrices : new boolean[] {true, false}) {
            for (ParameterSpec spec : specs) {
                end = spec.frozen() == frozen && spec.isMatrix() == matrices ? add(spec, end) : end;
            }
        }
        return end;
    }

    private long add(ParameterSpec spec, long offset) {
        String sizes = Arrays.toString(spec.shape().sizes());
        if (places.put(spec.name(), new Place(offset, spec.elements(), sizes)) != null) {
            throw new IllegalArgumentException("two parameters are named " + spec.name());
        }
        ordered.add(spec);
        return Math.addExact(offset, spec.elements());
    }

    /**
     * Consecutive parameters of one optimizer, all of them matrices or none.
     *
     * @param parameters in the order of their offsets
     * @param from offset of the first element
     * @param count number of elements
     */
    record Range(Optimizer optimizer, List<ParameterSpec> parameters, long from, long count) {
        Range {
            parameters = List.copyOf(parameters);
        }

        boolean matrices() {
            return parameters.get(0).isMatrix();
        }
    }

    /** The longest ranges of trained parameters, given the optimizer of each. */
    List<Range> ranges(Function<ParameterSpec, Optimizer> optimizers) {
        List<Range> ranges = new ArrayList<>();
        for (ParameterSpec spec : ordered) {
            if (spec.frozen()) {
                break; // They come last.
            }
            Optimizer optimizer = optimizers.apply(spec);
            long from = place(spec.name()).offset();
            long count = spec.elements();
            List<ParameterSpec> parameters = new ArrayList<>();
            Range last = ranges.isEmpty() ? null : ranges.get(ranges.size() - 1);
            if (last != null && last.optimizer.equals(optimizer) && last.matrices() == spec.isMatrix()) {
                ranges.remove(last);
                parameters.addAll(last.parameters);
                from = last.from;
                count += last.count;
            }
            parameters.add(spec);
            ranges.add(new Range(optimizer, parameters, from, count));
        }
        return ranges;
    }

    /** Total elements of the trained parameters, which come first. */
    long trained() {
        return trained;
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
