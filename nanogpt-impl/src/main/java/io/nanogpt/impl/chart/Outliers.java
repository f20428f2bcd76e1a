package io.nanogpt.impl.chart;

import io.nanogpt.impl.chart.Axis.Range;
import java.util.List;

/** The range of an axis on which a few values that are far above the others do not flatten these. */
final class Outliers {
    /** The fraction of the values that are always within the range. */
    private static final double SHOWN = 0.95;

    /** The highest value is out of the range if it is that many times as far from the lowest as the highest that is shown. */
    private static final double FAR = 3;

    private static final int FEWEST = 10;

    private Outliers() {}

    /** The range of all values or, if some are far above the others, of the others. */
    static Range without(List<Double> values) {
        List<Double> sorted =
                values.stream().filter(value -> !value.isNaN()).sorted().toList();
        Range all = Range.of(values);
        if (sorted.size() < FEWEST) {
            return all;
        }
        double shown = sorted.get((int) (SHOWN * (sorted.size() - 1)));
        boolean isFar = all.to() - all.from() > FAR * (shown - all.from()) && shown > all.from();
        return isFar ? new Range(all.from(), shown + (shown - all.from()) / 4) : all;
    }
}
