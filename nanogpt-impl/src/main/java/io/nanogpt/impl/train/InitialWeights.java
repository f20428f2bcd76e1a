package io.nanogpt.impl.train;

import io.nanogpt.graph.Initializer;
import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.impl.random.CounterRandom;
import io.nanogpt.spi.ParameterStore;
import java.util.Arrays;
import java.util.List;

/** Where weights start: each parameter from a key of its own, whatever was drawn before it. */
final class InitialWeights {
    private InitialWeights() {}

    static void write(ParameterStore parameters, long key) {
        List<ParameterSpec> specs = parameters.specs();
        for (int index = 0; index < specs.size(); index++) {
            ParameterSpec spec = specs.get(index);
            parameters.write(spec.name(), draw(spec, CounterRandom.key(key, index)));
        }
    }

    private static float[] draw(ParameterSpec spec, long key) {
        float[] values = new float[spec.elements()];
        if (spec.initializer() instanceof Initializer.Constant constant) {
            Arrays.fill(values, constant.value());
        } else if (spec.initializer() instanceof Initializer.Normal normal) {
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) (normal.standardDeviation() * CounterRandom.normal(key, i));
            }
        }
        return values;
    }
}
