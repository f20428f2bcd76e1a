package io.nanogpt.impl.train;

import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.spi.ParameterSource;
import io.nanogpt.spi.ParameterStore;
import io.nanogpt.train.Optimizer;
import io.nanogpt.train.Sgd;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A copy of the state of a run after a step: weights, the optimizer's moments, best weights and progress. */
public final class Snapshot implements ParameterSource {
    private final List<ParameterSpec> specs;
    private final int moments;
    private final boolean keepsBest;
    /** For each parameter its value, its moments and, if kept, its best value. */
    private final Map<String, float[][]> copies = new HashMap<>();

    private Progress progress = Progress.none();

    Snapshot(List<ParameterSpec> specs, Optimizer optimizer, boolean keepsBest) {
        this.specs = List.copyOf(specs);
        this.keepsBest = keepsBest;
        moments = moments(optimizer);
        for (ParameterSpec spec : specs) {
            copies.put(spec.name(), new float[1 + moments + (keepsBest ? 1 : 0)][spec.elements()]);
        }
    }

    /** The number of moments that an optimizer keeps per parameter. */
    static int moments(Optimizer optimizer) {
        return switch (optimizer.kind()) {
            case ADAMW -> 2;
            case SGD -> ((Sgd) optimizer).momentum() > 0 ? 1 : 0;
        };
    }

    void capture(ParameterStore parameters, BestWeights best, Progress now) {
        copies.forEach((name, arrays) -> {
            parameters.read(name, arrays[0]);
            for (int order = 1; order <= moments; order++) {
                parameters.readMoment(name, order, arrays[order]);
            }
        });
        best.copies().forEach((name, values) -> System.arraycopy(values, 0, best(name), 0, values.length));
        progress = now;
    }

    void restore(ParameterStore parameters, BestWeights best) {
        copies.forEach((name, arrays) -> {
            parameters.write(name, arrays[0]);
            for (int order = 1; order <= moments; order++) {
                parameters.writeMoment(name, order, arrays[order]);
            }
        });
        best.copies().forEach((name, values) -> System.arraycopy(best(name), 0, values, 0, values.length));
    }

    /** The progress of the run. */
    public Progress progress() {
        return progress;
    }

    /** Sets the progress, for a snapshot that is read from a file. */
    public void progress(Progress value) {
        progress = value;
    }

    /** The number of moments per parameter. */
    public int moments() {
        return moments;
    }

    /** Whether the best weights are included. */
    public boolean keepsBest() {
        return keepsBest;
    }

    /** The copy of a parameter. */
    public float[] value(String name) {
        return arrays(name)[0];
    }

    /** The copy of a moment; the first has order 1. */
    public float[] moment(String name, int order) {
        return arrays(name)[order];
    }

    /** The copy of a parameter at the lowest validation loss. */
    public float[] best(String name) {
        return arrays(name)[1 + moments];
    }

    private float[][] arrays(String name) {
        float[][] arrays = copies.get(name);
        if (arrays == null) {
            throw new IllegalArgumentException("no parameter " + name + "; there are " + copies.keySet());
        }
        return arrays;
    }

    @Override
    public List<ParameterSpec> specs() {
        return specs;
    }

    @Override
    public void read(String name, float[] destination) {
        float[] value = value(name);
        System.arraycopy(value, 0, destination, 0, value.length);
    }
}
