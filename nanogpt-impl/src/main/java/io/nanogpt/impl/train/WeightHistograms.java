package io.nanogpt.impl.train;

import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.spi.ParameterSource;
import io.nanogpt.train.WeightHistogram;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Counts the values of parameters in bins. */
final class WeightHistograms {
    static final int BINS = 40;

    private WeightHistograms() {}

    /** The histograms of all parameters, in their order. */
    static List<WeightHistogram> of(ParameterSource parameters) {
        List<WeightHistogram> histograms = new ArrayList<>();
        for (ParameterSpec spec : parameters.specs()) {
            float[] values = new float[spec.elements()];
            parameters.read(spec.name(), values);
            histograms.add(of(spec.name(), values));
        }
        return histograms;
    }

    private static WeightHistogram of(String name, float[] values) {
        float low = Float.POSITIVE_INFINITY;
        float high = Float.NEGATIVE_INFINITY;
        for (float value : values) {
            if (Float.isFinite(value)) {
                low = Math.min(low, value);
                high = Math.max(high, value);
            }
        }
        int[] counts = new int[BINS];
        if (low > high) {
            return new WeightHistogram(name, 0, 0, listed(counts));
        }
        double width = ((double) high - low) / BINS;
        for (float value : values) {
            if (Float.isFinite(value)) {
                counts[width == 0 ? 0 : Math.min(BINS - 1, (int) ((value - (double) low) / width))]++;
            }
        }
        return new WeightHistogram(name, low, high, listed(counts));
    }

    private static List<Integer> listed(int[] counts) {
        return Arrays.stream(counts).boxed().toList();
    }
}
