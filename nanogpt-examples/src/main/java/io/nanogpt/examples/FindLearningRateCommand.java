package io.nanogpt.examples;

import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.chart.Charts;
import io.nanogpt.train.LearningRateFinder;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Finds a learning rate. */
@Command(name = "find-lr", description = "Tries growing learning rates in a short run and suggests one.")
final class FindLearningRateCommand extends TrainingVerb {
    private static final int LINES = 20;

    @Option(names = "--lowest", description = "the first rate; 1e-6 by default")
    private double lowest = 1e-6;

    @Option(names = "--highest", description = "the last rate; 1 by default")
    private double highest = 1;

    @Option(names = "--tries", description = "rates, one a step; 200 by default")
    private int tries = 200;

    @Option(
            names = "--plot",
            converter = ChartFile.Converter.class,
            paramLabel = "FILE",
            description = "draws the curve, too: FILE.png or FILE.svg")
    private @Nullable ChartFile plot;

    @Override
    public Integer call() throws IOException {
        LearningRateFinder finder = LearningRateFinder.between(lowest, highest, tries);
        Function<GPT.Builder, LanguageModel> training = training();
        LearningRateFinder.Result result =
                finder.find(() -> training.apply(describe(GPT.builder(), true).training(finder::prepare)));
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
