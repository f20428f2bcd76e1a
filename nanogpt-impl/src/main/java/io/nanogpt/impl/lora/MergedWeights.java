package io.nanogpt.impl.lora;

import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.spi.ParameterSource;
import java.util.Arrays;
import java.util.List;

/** The weights of a model with adapters, of its architecture without them: {@code W + scale B A}. */
public final class MergedWeights implements ParameterSource {
    private final AdaptedArchitecture architecture;
    private final ParameterSource from;
    private final List<ParameterSpec> specs;

    /** Merges when it is read. */
    public MergedWeights(AdaptedArchitecture architecture, ParameterSource from) {
        this.architecture = architecture;
        this.from = from;
        specs = architecture.base().graph().parameters();
    }

    @Override
    public List<ParameterSpec> specs() {
        return specs;
    }

    @Override
    public void read(String name, float[] destination) {
        from.read(name, destination);
        if (!architecture.weights().contains(name)) {
            return;
        }
        int rank = architecture.config().rank();
        ParameterSpec spec = specs.stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
        int rows = spec.shape().size(0);
        int columns = spec.shape().size(1);
        float[] first = new float[rank * columns];
        float[] second = new float[rows * rank];
        from.read(AdaptedArchitecture.first(name), first);
        from.read(AdaptedArchitecture.second(name), second);
        double[] sums = new double[columns];
        for (int row = 0; row < rows; row++) {
            Arrays.fill(sums, 0);
            for (int r = 0; r < rank; r++) {
                double factor = architecture.config().scale() * second[row * rank + r];
                for (int column = 0; column < columns; column++) {
                    sums[column] += factor * first[r * columns + column];
                }
            }
            for (int column = 0; column < columns; column++) {
                destination[row * columns + column] = (float) (destination[row * columns + column] + sums[column]);
            }
        }
    }
}
