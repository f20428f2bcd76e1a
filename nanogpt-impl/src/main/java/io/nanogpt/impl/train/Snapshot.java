package io.nanogpt.impl.train;

import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.graph.Shape;
import io.nanogpt.spi.ParameterSource;
import io.nanogpt.spi.ParameterStore;
import io.nanogpt.train.ParameterGroups;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A copy of the state of a run after a step: weights, the moments of optimizers, best weights, averaged weights and
 * progress.
 */
public final class Snapshot implements ParameterSource {
    private final List<ParameterSpec> specs;
    private final ParameterGroups groups;
    private final boolean keepsBest;
    private final boolean averages;
    /** For each parameter its value, its moments and, if kept, its best value and its average. */
    private final Map<String, float[][]> copies = new HashMap<>();

    /** Those of the replicas of a worker, by number, in a run that has replicas. */
    private final SortedMap<Integer, Snapshot> replicas = new TreeMap<>();

    private boolean hasModel = true;
    private Progress progress = Progress.none();

    Snapshot(List<ParameterSpec> specs, ParameterGroups groups, boolean keepsBest, boolean averages) {
        this.specs = List.copyOf(specs);
        this.groups = groups;
        this.keepsBest = keepsBest;
        this.averages = averages;
        for (ParameterSpec spec : specs) {
            List<float[]> arrays = new ArrayList<>();
            arrays.add(new float[spec.elements()]);
            for (Shape shape : moments(spec)) {
                arrays.add(new float[Math.toIntExact(shape.elements())]);
            }
            if (keepsBest) {
                arrays.add(new float[spec.elements()]);
            }
            if (averages) {
                arrays.add(new float[spec.elements()]);
            }
            copies.put(spec.name(), arrays.toArray(new float[0][]));
        }
    }

    /** The shapes of the moments that a parameter's optimizer keeps for it. */
    public List<Shape> moments(ParameterSpec spec) {
        return groups.optimizer(spec).stateShapes(spec);
    }

    /**
     * Adds space for the weights and moments of the replicas of a worker. What this has is then the model of the last exchange
     * and the moments of the outer optimizer.
     *
     * @param first number of the first replica
     * @param inner the optimizers of replicas
     * @param model whether this worker keeps the model
     */
    void withReplicas(int first, int count, ParameterGroups inner, boolean model) {
        for (int number = first; number < first + count; number++) {
            replicas.put(number, new Snapshot(specs, inner, false, false));
        }
        hasModel = model;
    }

    /** The weights and moments of the replicas of this worker, by number; none in a run without replicas. */
    public SortedMap<Integer, Snapshot> replicas() {
        return Collections.unmodifiableSortedMap(replicas);
    }

    Snapshot replica(int number) {
        Snapshot replica = replicas.get(number);
        if (replica == null) {
            throw new IllegalArgumentException("no replica " + number + "; there are " + replicas.keySet());
        }
        return replica;
    }

    /** Whether checkpoints of this worker have the model; if not, they have its replicas alone. */
    public boolean hasModel() {
        return hasModel;
    }

    void capture(ParameterStore parameters) {
        copies.forEach((name, arrays) -> {
            parameters.read(name, arrays[0]);
            for (int order = 1; order < arrays.length - kept(); order++) {
                parameters.readMoment(name, order, arrays[order]);
            }
        });
    }

    void capture(Kept kept, Progress now) {
        kept.best().copies().forEach((name, values) -> System.arraycopy(values, 0, best(name), 0, values.length));
        kept.averages().forEach((name, values) -> System.arraycopy(values, 0, average(name), 0, values.length));
        progress = now;
    }

    void restore(ParameterStore parameters) {
        copies.forEach((name, arrays) -> {
            parameters.write(name, arrays[0]);
            for (int order = 1; order < arrays.length - kept(); order++) {
                parameters.writeMoment(name, order, arrays[order]);
            }
        });
    }

    void restore(Kept kept) {
        kept.best().copies().forEach((name, values) -> System.arraycopy(best(name), 0, values, 0, values.length));
        kept.averages().forEach((name, values) -> System.arraycopy(average(name), 0, values, 0, values.length));
    }

    /** The progress of the run. */
    public Progress progress() {
        return progress;
    }

    /** Sets the progress, for a snapshot that is read from a file. */
    public void progress(Progress value) {
        progress = value;
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
        float[][] arrays = arrays(name);
        return arrays[arrays.length - kept()];
    }

    /** The number of copies after those of the moments. */
    private int kept() {
        return (keepsBest ? 1 : 0) + (averages ? 1 : 0);
    }

    /** Whether averaged weights are included. */
    public boolean averages() {
        return averages;
    }

    /** The copy of the average of a parameter. */
    public float[] average(String name) {
        float[][] arrays = arrays(name);
        return arrays[arrays.length - 1];
    }

    /** All copies of a parameter: its value, its moments and, if kept, its best value and its average. */
    float[][] copies(String name) {
        return arrays(name);
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
