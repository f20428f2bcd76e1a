package io.nanogpt.impl.onnx;

import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.spi.ParameterStore;
import io.nanogpt.train.ParameterGroups;
import java.util.List;

/** The parameters of a model whose weights are constants of its ONNX graph: they can be neither read nor written. */
record ExportedParameters(List<ParameterSpec> specs) implements ParameterStore {
    ExportedParameters {
        specs = List.copyOf(specs);
    }

    @Override
    public void read(String name, float[] destination) {
        throw unsupported();
    }

    @Override
    public void write(String name, float[] source) {
        throw unsupported();
    }

    @Override
    public void readGradient(String name, float[] destination) {
        throw unsupported();
    }

    @Override
    public void writeGradient(String name, float[] source) {
        throw unsupported();
    }

    @Override
    public double gradientNorm() {
        throw unsupported();
    }

    @Override
    public void accumulateGradients(float weight) {
        throw unsupported();
    }

    @Override
    public void mergeAccumulatedGradients(float weight) {
        throw unsupported();
    }

    @Override
    public void readMoment(String name, int order, float[] destination) {
        throw unsupported();
    }

    @Override
    public void writeMoment(String name, int order, float[] source) {
        throw unsupported();
    }

    @Override
    public void update(ParameterGroups groups, long step, double rateFactor, double gradientScale) {
        throw unsupported();
    }

    private static UnsupportedOperationException unsupported() {
        return new UnsupportedOperationException(
                "the weights of a model loaded from ONNX are constants of its graph; save, export"
                        + " or train the model that it was exported from");
    }
}
