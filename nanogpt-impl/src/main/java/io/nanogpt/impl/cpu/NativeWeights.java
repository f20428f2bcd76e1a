package io.nanogpt.impl.cpu;

import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.spi.MatrixProducts;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The weight matrices of a store in the form of {@link MatrixProducts}, and the threads that copy them there. */
final class NativeWeights {
    private final MatrixProducts products;
    private final ThreadTeam team;
    private final MatrixProducts.Calculator[] calculators;
    private final Map<String, NativeFactor> factors = new HashMap<>();
    private final List<Part> parts = new ArrayList<>();
    private final ThreadTeam.Job packJob = this::packPart;
    private float[] values = new float[0];
    private boolean withFrozen;

    /** A part of a weight, and where its parameter begins. */
    private record Part(MatrixProducts.Weight weight, int index, int offset, boolean transposed, boolean frozen) {}

    NativeWeights(MatrixProducts products, ThreadTeam team) {
        this.products = products;
        this.team = team;
        this.calculators = new MatrixProducts.Calculator[team.size()];
        for (int i = 0; i < calculators.length; i++) {
            calculators[i] = products.calculator();
        }
    }

    MatrixProducts products() {
        return products;
    }

    /**
     * The weight of {@code x W^T}, or with {@code backward} of {@code dy W}, whose values are packed with the next
     * {@link #pack}.
     *
     * @param offset of the parameter
     */
    synchronized Factor factor(ParameterSpec spec, int offset, boolean backward) {
        return factors.computeIfAbsent(spec.name() + (backward ? " backward" : ""), key -> {
            int outputs = spec.shape().size(0);
            int depth = spec.shape().size(1);
            int width = backward ? depth : outputs;
            MatrixProducts.Weight weight = products.weight(backward ? outputs : depth, width);
            for (int part = 0; part < weight.parts(); part++) {
                parts.add(new Part(weight, part, offset, !backward, spec.frozen()));
            }
            return new NativeFactor(weight, width);
        });
    }

    /**
     * Packs the weights.
     *
     * @param all whether those that are frozen may have changed as well
     */
    synchronized void pack(float[] parameters, boolean all) {
        values = parameters;
        withFrozen = all;
        team.run(parts.size(), packJob);
    }

    private void packPart(int task, int worker) {
        Part part = parts.get(task);
        if (withFrozen || !part.frozen) {
            calculators[worker].pack(part.weight, part.index, values, part.offset, part.transposed);
        }
    }
}
