package io.nanogpt.impl.train;

import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.spi.ParameterStore;
import io.nanogpt.train.WeightAveraging;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The moving average of the weights of a run. Its state follows from the number of steps and the averages. */
final class AveragedWeights {
    private final ParameterStore parameters;
    private final WeightAveraging settings;
    private final String[] names;
    private final float[][] averages;
    /** For each parameter an array of its length, shared by those of the same length. */
    private final float[][] scratch;

    AveragedWeights(ParameterStore parameters, WeightAveraging settings) {
        this.parameters = parameters;
        this.settings = settings;
        List<ParameterSpec> specs = parameters.trained();
        names = new String[specs.size()];
        averages = new float[names.length][];
        scratch = new float[names.length][];
        Map<Integer, float[]> byLength = new HashMap<>();
        for (int i = 0; i < names.length; i++) {
            names[i] = specs.get(i).name();
            averages[i] = new float[specs.get(i).elements()];
            scratch[i] = byLength.computeIfAbsent(averages[i].length, float[]::new);
        }
    }

    /** Whether a sample is to be taken after a step. */
    boolean isDue(int step) {
        return step % settings.every() == 0;
    }

    /** Takes a sample after a step, if one is due. Allocates nothing. */
    void sample(int step) {
        if (!isDue(step)) {
            return;
        }
        long samples = step / settings.every();
        float rate = (float) Math.max(1 - settings.decay(), 1.0 / samples);
        for (int i = 0; i < names.length; i++) {
            parameters.read(names[i], scratch[i]);
            mix(averages[i], scratch[i], rate);
        }
    }

    private static void mix(float[] average, float[] weights, float rate) {
        for (int i = 0; i < average.length; i++) {
            average[i] += rate * (weights[i] - average[i]);
        }
    }

    /** Whether a sample was taken in the steps so far. */
    boolean exists(int step) {
        return step >= settings.every();
    }

    /** Exchanges the weights in the store with the averages. */
    void exchange() {
        for (int i = 0; i < names.length; i++) {
            parameters.read(names[i], scratch[i]);
            parameters.write(names[i], averages[i]);
            System.arraycopy(scratch[i], 0, averages[i], 0, averages[i].length);
        }
    }

    /** Whether a run with these losses ends with the averages. */
    boolean isKept(double rawLoss, double averagedLoss) {
        return switch (settings.keep()) {
            case RAW -> false;
            case AVERAGED -> true;
            case BEST -> averagedLoss < rawLoss;
        };
    }

    /** The averages, by parameter. */
    Map<String, float[]> copies() {
        Map<String, float[]> copies = new LinkedHashMap<>();
        for (int i = 0; i < names.length; i++) {
            copies.put(names[i], averages[i]);
        }
        return copies;
    }
}
