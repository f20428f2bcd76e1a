package io.nanogpt.examples.cli;

import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.chart.Charts;
import io.nanogpt.examples.cli.console.JsonLine;
import io.nanogpt.examples.cli.options.ChartFile;
import io.nanogpt.examples.cli.options.OptimizationOptions;
import io.nanogpt.train.LearningRateFinder;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The {@code find-lr} verb. */
@Command(
        name = "find-lr",
        description = "Raise the learning rate during a short run, and suggest one.",
        footer = "  nanogpt find-lr --sample --preset captions --plot rates.svg")
final class FindLearningRateCommand extends TrainingVerb {
    private static final int LINES = 20;

    @Option(names = "--lowest", paramLabel = "X", description = "first learning rate (default: 1e-6)")
    private double lowest = 1e-6;

    @Option(names = "--highest", paramLabel = "X", description = "last learning rate (default: 1)")
    private double highest = 1;

    @Option(names = "--tries", paramLabel = "N", description = "learning rates to try, one a step (default: 200)")
    private int tries = 200;

    @Option(
            names = "--plot",
            converter = ChartFile.Converter.class,
            paramLabel = "FILE",
            description = "draw the curve too, as FILE.png or FILE.svg")
    private @Nullable ChartFile plot;

    @Mixin
    private OptimizationOptions optimization = new OptimizationOptions();

    @Override
    public Integer call() throws IOException {
        require(
                lowest > 0 && highest > lowest && highest < Double.POSITIVE_INFINITY,
                "--lowest must be above 0, and --highest finite and above --lowest, but they are " + lowest + " and "
                        + highest);
        LearningRateFinder finder = LearningRateFinder.between(lowest, highest, tries);
        Function<GPT.Builder, LanguageModel> training = training();
        LearningRateFinder.Result result = finder.find(() -> {
            GPT.Builder builder = GPT.builder();
            optimization.apply(builder, describe(builder).training());
            return training.apply(builder.training(finder::prepare));
        });
        if (plot != null) {
            plot.write(Charts.learningRates(result));
        }
        List<LearningRateFinder.Point> points = result.points();
        if (json()) {
            out().println(new JsonLine()
                    .put("suggestion", result.suggestion())
                    .put("lowestLoss", result.lowestLoss())
                    .put(
                            "rates",
                            points.stream()
                                    .map(LearningRateFinder.Point::learningRate)
                                    .toList())
                    .put(
                            "losses",
                            points.stream().map(LearningRateFinder.Point::loss).toList()));
        } else {
            for (int i = 0; i < points.size(); i += Math.max(1, points.size() / LINES)) {
                out().printf(
                                Locale.ROOT,
                                "%.2e  loss %.4f%n",
                                points.get(i).learningRate(),
                                points.get(i).loss());
            }
            out().printf(
                            Locale.ROOT,
                            "the loss was lowest at %.2e; try --learning-rate %.1e%n",
                            result.lowestLoss(),
                            result.suggestion());
        }
        out().flush();
        return 0;
    }
}
