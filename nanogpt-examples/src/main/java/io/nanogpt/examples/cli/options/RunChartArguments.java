package io.nanogpt.examples.cli.options;

import io.nanogpt.chart.RunChartOptions;
import io.nanogpt.chart.RunChartOptions.Over;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of charts of runs. */
public final class RunChartArguments {
    @Option(
            names = "--group-by",
            paramLabel = "SETTING",
            description = "setting, or label or seed, that colours the runs (default: whatever differs)")
    private @Nullable String groupBy;

    @Option(
            names = "--baseline",
            paramLabel = "LABEL",
            description = "label of the run that finals and factors compare the others with (default: the one from"
                    + " which each of the others differs in one setting)")
    private @Nullable String baseline;

    @Option(
            names = "--over",
            paramLabel = "QUANTITY",
            description =
                    "x axis of factors, learning-rate, gradient-norm and speed: ${COMPLETION-CANDIDATES} (default:"
                            + " steps)")
    private Over over = Over.STEPS;

    @Option(names = "--log-x", description = "draw curves over a logarithmic x axis")
    private boolean logarithmic;

    public RunChartOptions options() {
        RunChartOptions options = RunChartOptions.defaults().withOver(over).withLogarithmic(logarithmic);
        options = groupBy == null ? options : options.withGroupBy(groupBy);
        return baseline == null ? options : options.withBaseline(baseline);
    }
}
