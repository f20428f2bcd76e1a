package io.nanogpt.impl.train;

import io.nanogpt.graph.Initializer;
import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.impl.random.CounterRandom;
import io.nanogpt.spi.ParameterStore;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Initial weights: given ones, and drawn ones, each parameter from a key of its own and so independently of the others. */
final class InitialWeights {
    private InitialWeights() {}

    static void write(ParameterStore parameters, long key, Optional<GivenWeights> given) {
        List<ParameterSpec> specs = parameters.specs();
        Map<String, ParameterSpec> known = new HashMap<>();
        given.ifPresent(weights -> weights.source().specs().forEach(spec -> known.put(spec.name(), spec)));
        for (int index = 0; index < specs.size(); index++) {
            ParameterSpec spec = specs.get(index);
            ParameterSpec source = known.get(spec.name());
            if (source == null) {
                parameters.write(spec.name(), draw(spec, CounterRandom.key(key, index)));
            } else {
                copy(given.orElseThrow(), source, parameters, spec);
            }
        }
    }

    private static void copy(GivenWeights given, ParameterSpec from, ParameterStore parameters, ParameterSpec to) {
        if (!from.shape().equals(to.shape())) {
            throw new IllegalArgumentException("the run needs " + to.name() + " of shape " + to.shape()
                    + ", but the weights that it begins with have it of shape " + from.shape());
        }
        float[] values = new float[to.elements()];
        given.source().read(to.name(), values);
        parameters.write(to.name(), values);
    }

    private static float[] draw(ParameterSpec spec, long key) {
        float[] values = new float[spec.elements()];
        Initializer initializer = spec.initializer();
        switch (initializer.kind()) {
            case CONSTANT -> Arrays.fill(values, ((Initializer.Constant) initializer).value());
            case NORMAL -> {
                float deviation = ((Initializer.Normal) initializer).standardDeviation();
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) (deviation * CounterRandom.normal(key, i));
                }
            }
            case UNIFORM -> {
                float bound = ((Initializer.Uniform) initializer).bound();
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) (bound * (2 * CounterRandom.uniform(key, i) - 1));
                }
            }
            case TRUNCATED_NORMAL -> {
                Initializer.TruncatedNormal truncated = (Initializer.TruncatedNormal) initializer;
                for (int i = 0; i < values.length; i++) {
                    values[i] = draw(truncated, key, i);
                }
            }
        }
        return values;
    }

    /** Draws again, from another key, until the value is within the bound. */
    private static float draw(Initializer.TruncatedNormal truncated, long key, int index) {
        double value = truncated.standardDeviation() * CounterRandom.normal(key, index);
        for (int attempt = 0; Math.abs(value) > truncated.bound(); attempt++) {
            value = truncated.standardDeviation() * CounterRandom.normal(CounterRandom.key(key, attempt), index);
        }
        return (float) value;
    }
}
