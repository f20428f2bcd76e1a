package io.nanogpt.chart;

import java.util.Objects;
import java.util.Optional;

/**
 * The options of a chart of runs. Immutable.
 *
 * @param groupBy the setting that colours the runs, or {@code label} or {@code seed}; if empty, whatever differs
 * @param baseline the label of the run that the others are compared with; if empty, the run from which each of the
 *     others differs in one setting, if there is one
 * @param over the x axis of {@link RunPlot#FACTORS}, {@link RunPlot#LEARNING_RATE}, {@link RunPlot#GRADIENT_NORM} and
 *     {@link RunPlot#SPEED}; steps by default
 * @param logarithmic whether the x axis of curves is logarithmic; false by default
 */
public record RunChartOptions(Optional<String> groupBy, Optional<String> baseline, Over over, boolean logarithmic) {
    private static final RunChartOptions DEFAULTS =
            new RunChartOptions(Optional.empty(), Optional.empty(), Over.STEPS, false);

    /** The quantity on the x axis of curves. */
    public enum Over {
        /** Optimizer steps. */
        STEPS,
        /** The tokens trained on. */
        TOKENS,
        /** Seconds of training, evaluations included. */
        SECONDS
    }

    public RunChartOptions {
        Objects.requireNonNull(groupBy, "groupBy");
        Objects.requireNonNull(baseline, "baseline");
        Objects.requireNonNull(over, "over");
    }

    /** Returns the defaults. */
    public static RunChartOptions defaults() {
        return DEFAULTS;
    }

    /** Returns a copy that colours runs by a setting, such as {@code learning-rate}, or {@code label} or {@code seed}. */
    public RunChartOptions withGroupBy(String setting) {
        return new RunChartOptions(Optional.of(setting), baseline, over, logarithmic);
    }

    /** Returns a copy with the run of this label as the baseline. */
    public RunChartOptions withBaseline(String label) {
        return new RunChartOptions(groupBy, Optional.of(label), over, logarithmic);
    }

    /** Returns a copy with this x axis. */
    public RunChartOptions withOver(Over value) {
        return new RunChartOptions(groupBy, baseline, value, logarithmic);
    }

    /** Returns a copy whose x axis is logarithmic or linear. */
    public RunChartOptions withLogarithmic(boolean value) {
        return new RunChartOptions(groupBy, baseline, over, value);
    }
}
