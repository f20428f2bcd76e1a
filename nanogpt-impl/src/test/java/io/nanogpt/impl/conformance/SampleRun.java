package io.nanogpt.impl.conformance;

import io.nanogpt.graph.Graph;
import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.impl.random.CounterRandom;
import io.nanogpt.spi.Backend;
import io.nanogpt.spi.Executable;
import io.nanogpt.spi.ParameterStore;
import java.util.ArrayList;
import java.util.List;

/** A graph compiled by a backend, with random weights and inputs that are the same for every backend. */
public final class SampleRun implements AutoCloseable {
    public final ParameterStore parameters;
    public final Executable executable;

    /**
     * A run.
     *
     * @param vocabulary the ids of tokens and targets are below it
     */
    public SampleRun(Backend backend, Graph graph, int batch, int sequence, int vocabulary) {
        parameters = backend.allocate(graph.parameters());
        int index = 0;
        for (ParameterSpec spec : parameters.specs()) {
            float[] values = normal(spec.elements(), index++);
            for (int i = 0; i < values.length; i++) {
                values[i] = spec.isMatrix() ? 0.2f * values[i] : 1 + 0.1f * values[i];
            }
            parameters.write(spec.name(), values);
        }
        executable = backend.compile(graph, parameters, batch, sequence);
        int[] tokens = new int[batch * sequence];
        int[] targets = new int[batch * sequence];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = (int) CounterRandom.below(vocabulary, 11, i);
            targets[i] = (int) CounterRandom.below(vocabulary, 12, i);
        }
        executable.input(Graph.TOKENS, tokens);
        executable.input(Graph.TARGETS, targets);
    }

    @Override
    public void close() {
        executable.close();
    }

    /** The loss of a run with this key. */
    public float loss(long randomKey) {
        executable.run(randomKey);
        return executable.scalar(Graph.LOSS);
    }

    /** All weights. */
    public List<float[]> values() {
        List<float[]> all = new ArrayList<>();
        for (ParameterSpec spec : parameters.specs()) {
            float[] values = new float[spec.elements()];
            parameters.read(spec.name(), values);
            all.add(values);
        }
        return all;
    }

    /** The gradients of the last run. */
    public List<float[]> gradients() {
        List<float[]> all = new ArrayList<>();
        for (ParameterSpec spec : parameters.specs()) {
            float[] gradient = new float[spec.elements()];
            parameters.readGradient(spec.name(), gradient);
            all.add(gradient);
        }
        return all;
    }

    /**
     * The derivative along a direction near the gradient of the last run, so that the difference is large against
     * rounding, divided by the derivative that the gradient gives.
     */
    public double derivativeRatio(long randomKey) {
        executable.run(randomKey);
        double expected = 0;
        List<float[]> start = values();
        List<float[]> directions = new ArrayList<>();
        for (float[] gradient : gradients()) {
            float[] direction = normal(gradient.length, 100 + directions.size());
            for (int i = 0; i < gradient.length; i++) {
                direction[i] = direction[i] * 1e-3f + gradient[i];
                expected += (double) gradient[i] * direction[i];
            }
            directions.add(direction);
        }
        double step = 2e-3 / Math.sqrt(expected);
        double difference = moved(randomKey, start, directions, step) - moved(randomKey, start, directions, -step);
        return difference / (2 * step) / expected;
    }

    private double moved(long randomKey, List<float[]> start, List<float[]> directions, double step) {
        int index = 0;
        for (ParameterSpec spec : parameters.specs()) {
            float[] values = start.get(index).clone();
            for (int i = 0; i < values.length; i++) {
                values[i] += (float) (step * directions.get(index)[i]);
            }
            parameters.write(spec.name(), values);
            index++;
        }
        return loss(randomKey);
    }

    private static float[] normal(int n, long key) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) CounterRandom.normal(key, i);
        }
        return values;
    }
}
