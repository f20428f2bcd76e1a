package io.nanogpt.impl.train;

import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.spi.Collective;
import io.nanogpt.spi.ParameterStore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The gradient of a step whose micro-batches several workers compute: their sum in the order of the micro-batches, with the
 * multiply-add of {@link ParameterStore#accumulateGradients}, so that it has the bits of a run in one process.
 */
final class SharedGradient {
    private final ParameterStore parameters;
    private final List<ParameterSpec> specs;
    /** An array for each size of a parameter. */
    private final Map<Integer, float[]> buffers = new HashMap<>();
    /** Of the gradients of micro-batches, all parameters but tables of n-grams side by side. */
    private final SharedSum sum;

    private final SharedRows rows;

    /**
     * @param most the most micro-batches that this worker computes in a step
     */
    SharedGradient(Collective collective, ParameterStore parameters, int most) {
        this.parameters = parameters;
        specs = dense(parameters.trained());
        rows = new SharedRows(
                collective,
                parameters,
                parameters.trained().stream().filter(SharedGradient::isTable).toList());
        for (ParameterSpec spec : specs) {
            buffers.computeIfAbsent(spec.elements(), float[]::new);
        }
        sum = new SharedSum(collective, elements(specs), most);
    }

    /** The elements of all parameters together. */
    static int elements(List<ParameterSpec> specs) {
        return SharedSum.requireFit(
                specs.stream().mapToLong(ParameterSpec::elements).sum());
    }

    /** Those that are not tables of n-grams. */
    static List<ParameterSpec> dense(List<ParameterSpec> specs) {
        return specs.stream().filter(spec -> !isTable(spec)).toList();
    }

    private static boolean isTable(ParameterSpec spec) {
        return spec.role() == ParameterSpec.Role.TABLE;
    }

    /**
     * Refuses tables of n-grams, of which a replica would exchange all rows.
     *
     * @throws IllegalArgumentException if there is one
     */
    static void requireNoTables(List<ParameterSpec> specs) {
        for (ParameterSpec spec : specs) {
            if (isTable(spec)) {
                throw new IllegalArgumentException("the model has a table of n-grams, " + spec.name()
                        + ", which cannot be trained with local steps; train without them, or another model");
            }
        }
    }

    /** Takes the gradients of the last run as those of one of this worker's micro-batches, and gives them away. */
    void add(int index) {
        float[] flat = sum.array(index);
        int at = 0;
        for (ParameterSpec spec : specs) {
            float[] buffer = buffer(spec);
            parameters.readGradient(spec.name(), buffer);
            System.arraycopy(buffer, 0, flat, at, buffer.length);
            at += buffer.length;
        }
        sum.give(index);
        rows.add();
    }

    /**
     * Sets the gradients in the store to the sum over the micro-batches of all workers.
     *
     * @param weights of all micro-batches, in order; a single one has the weight 1
     * @param count the number of micro-batches
     */
    void sum(float[] weights, int count) {
        float[] all = sum.sum(count, (values, from, length, batch, to, at) -> {
            if (count == 1) {
                System.arraycopy(values, from, to, at, length);
            } else {
                parameters.addWeighted(values, from, length, weights[batch], to, at);
            }
        });
        int at = 0;
        for (ParameterSpec spec : specs) {
            float[] buffer = buffer(spec);
            System.arraycopy(all, at, buffer, 0, buffer.length);
            parameters.writeGradient(spec.name(), buffer);
            at += buffer.length;
        }
        rows.sum(weights, count);
    }

    private float[] buffer(ParameterSpec spec) {
        return buffers.getOrDefault(spec.elements(), sum.array(0));
    }
}
