package io.nanogpt.impl.chart;

import io.nanogpt.experiment.Statistics;
import java.util.List;
import java.util.Locale;

/** Mean and standard deviation over seeds; the deviation of a single seed is 0 and not shown. */
record Spread(double mean, double deviation, boolean isMean) {
    static Spread of(List<Double> values) {
        Statistics statistics =
                Statistics.of(values.stream().mapToDouble(Double::doubleValue).toArray());
        boolean isMean = statistics.count() > 1;
        return new Spread(statistics.mean(), isMean ? statistics.deviation() : 0, isMean);
    }

    double low() {
        return mean - deviation;
    }

    double high() {
        return mean + deviation;
    }

    /** Formats with three decimals, such as {@code 1.132 ± 0.008}. */
    String format() {
        String text = String.format(Locale.ROOT, "%.3f", mean);
        return isMean ? text + String.format(Locale.ROOT, " ± %.3f", deviation) : text;
    }
}
