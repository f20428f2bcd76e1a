package io.nanogpt.impl.chart;

import io.nanogpt.experiment.Statistics;
import java.util.List;

/** Mean and standard deviation over seeds; the deviation of a single seed is 0 and not shown. */
record Spread(double mean, double deviation, boolean isMean) {
    /** The magnitude at which several values are cut off, so that their squares do not overflow. */
    private static final double LARGEST = 1e150;

    static Spread of(List<Double> values) {
        if (values.size() == 1) {
            return new Spread(values.get(0), 0, false);
        }
        Statistics statistics = Statistics.of(values.stream()
                .mapToDouble(value -> Math.max(-LARGEST, Math.min(LARGEST, value)))
                .toArray());
        return new Spread(statistics.mean(), statistics.deviation(), true);
    }

    double low() {
        return mean - deviation;
    }

    double high() {
        return mean + deviation;
    }

    /** Formats with three decimals, such as {@code 1.132 ± 0.008}. */
    String format() {
        return isMean ? Numbers.decimals(mean, 3) + " ± " + Numbers.decimals(deviation, 3) : Numbers.decimals(mean, 3);
    }
}
