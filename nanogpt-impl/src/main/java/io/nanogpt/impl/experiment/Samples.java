package io.nanogpt.impl.experiment;

import io.nanogpt.experiment.Statistics;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.descriptive.DescriptiveStatistics;

/** Statistics of small samples. */
final class Samples {
    private Samples() {}

    static Statistics describe(double confidence, double[] values) {
        if (!(confidence > 0 && confidence < 1)) {
            throw new IllegalArgumentException("the confidence must be in (0, 1), but is " + confidence);
        }
        DescriptiveStatistics sample = new DescriptiveStatistics(values);
        int count = values.length;
        double mean = sample.getMean();
        if (count < 2) {
            return new Statistics(count, mean, Double.NaN, Double.NaN, Double.NaN);
        }
        double deviation = sample.getStandardDeviation();
        // null: quantiles need no random generator.
        double quantile = new TDistribution(null, count - 1.0).inverseCumulativeProbability((1 + confidence) / 2);
        double half = quantile * deviation / Math.sqrt(count);
        return new Statistics(count, mean, deviation, mean - half, mean + half);
    }
}
