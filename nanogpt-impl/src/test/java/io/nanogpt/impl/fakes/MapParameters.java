package io.nanogpt.impl.fakes;

import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.spi.ParameterStore;
import io.nanogpt.train.ParameterGroups;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Parameters in a map, and gradients that are set in another, without any that are computed. */
public final class MapParameters implements ParameterStore {
    private final List<ParameterSpec> specs;
    private final Map<String, float[]> values = new HashMap<>();
    private final Map<String, float[]> gradients = new HashMap<>();

    public MapParameters(List<ParameterSpec> specs) {
        this.specs = List.copyOf(specs);
        specs.forEach(spec -> values.put(spec.name(), new float[spec.elements()]));
    }

    /** Numbers that differ from element to element. */
    public MapParameters fill(float first) {
        float next = first;
        for (ParameterSpec spec : specs) {
            float[] array = values(spec.name());
            for (int i = 0; i < array.length; i++) {
                array[i] = next;
                next += 0.5f;
            }
        }
        return this;
    }

    public float[] values(String name) {
        return values.get(name);
    }

    @Override
    public List<ParameterSpec> specs() {
        return specs;
    }

    @Override
    public void read(String name, float[] destination) {
        System.arraycopy(values(name), 0, destination, 0, values(name).length);
    }

    @Override
    public void write(String name, float[] source) {
        System.arraycopy(source, 0, values(name), 0, values(name).length);
    }

    @Override
    public void readGradient(String name, float[] destination) {
        System.arraycopy(gradients.get(name), 0, destination, 0, destination.length);
    }

    @Override
    public void writeGradient(String name, float[] source) {
        gradients.put(name, source.clone());
    }

    @Override
    public double gradientNorm() {
        throw new UnsupportedOperationException("no gradients here");
    }

    @Override
    public void accumulateGradients(float weight) {
        throw new UnsupportedOperationException("no gradients here");
    }

    @Override
    public void mergeAccumulatedGradients(float weight) {
        throw new UnsupportedOperationException("no gradients here");
    }

    @Override
    public void update(ParameterGroups groups, long step, double rateFactor, double gradientScale) {
        throw new UnsupportedOperationException("no gradients here");
    }

    @Override
    public void readMoment(String name, int order, float[] destination) {
        throw new UnsupportedOperationException("no moments here");
    }

    @Override
    public void writeMoment(String name, int order, float[] source) {
        throw new UnsupportedOperationException("no moments here");
    }
}
