package io.nanogpt.examples.systems;

import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.chart.Chart;
import io.nanogpt.chart.Charts;
import io.nanogpt.chart.Heatmap;
import io.nanogpt.chart.RunPlot;
import io.nanogpt.data.Corpus;
import io.nanogpt.examples.presets.StudyPresets;
import io.nanogpt.experiment.Experiment;
import io.nanogpt.experiment.Grid;
import io.nanogpt.experiment.Run;
import io.nanogpt.experiment.Trial;
import io.nanogpt.generate.GenerationOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Eleven GPTs on Tiny Shakespeare, a baseline and ten with one change each; or the report of one that PyTorch trained. */
@Command(
        name = "shakespeare",
        description = "Train eleven GPTs on Tiny Shakespeare, or describe one that PyTorch trained.")
public final class ShakespeareStudy extends Study {
    private static final List<String> FACTORS =
            List.of("heads", "layers", "embedding-size", "dropout", "context-length");

    @Option(
            names = "--weights",
            paramLabel = "FILE",
            description = "state dict (.pth) to describe, in place of training")
    private @Nullable Path weights;

    @Option(
            names = "--layer",
            paramLabel = "N",
            description = "layer of --weights whose attention is printed (default: 0)")
    private int layer;

    /** Trains every variant in turn; an interrupted study continues where it was. */
    public static void main(String[] arguments) {
        run(new ShakespeareStudy(), arguments);
    }

    @Override
    public Integer call() {
        Corpus corpus = data().map(path -> Corpus.ofFiles(path))
                .orElseGet(() -> Corpus.ofText(sample(100).withSeparator("\n\n").text()));
        if (weights != null) {
            try (LanguageModel model = TrainedShakespeare.load(weights, corpus)) {
                new TrainedShakespeare(model)
                        .describe(corpus, layer, size(500, 40))
                        .forEach(line -> print("%s", line));
            }
            return 0;
        }
        List<Run> runs = experiment("variants", variants(), trial -> train(corpus, trial));
        draw("finals", Charts.runs(RunPlot.FINALS, runs, "label"));
        draw("parameters", Charts.runs(RunPlot.PARAMETERS, runs, "label"));
        for (String factor : FACTORS) {
            draw(factor, Charts.runs(RunPlot.STEPS, differingIn(factor, runs), factor));
        }
        draw("attention", sideBySide(runs));
        return 0;
    }

    /** The sizes of the source; small ones have half the depth and width and a quarter of the context. */
    private Grid variants() {
        int layers = size(4, 2);
        int width = size(64, 32);
        int context = size(128, 32);
        return Experiment.grid()
                .base("heads", 4)
                .base("layers", layers)
                .base("embedding-size", width)
                .base("dropout", 0.1)
                .base("context-length", context)
                .variant("1 head", Map.of("heads", 1))
                .variant("8 heads", Map.of("heads", 8))
                .variant("1 layer", Map.of("layers", 1))
                .variant("twice the layers", Map.of("layers", 2 * layers))
                .variant("half as wide", Map.of("embedding-size", width / 2))
                .variant("twice as wide", Map.of("embedding-size", 2 * width))
                .variant("no dropout", Map.of("dropout", 0))
                .variant("dropout 0.3", Map.of("dropout", 0.3))
                .variant("a quarter of the context", Map.of("context-length", context / 4))
                .variant("twice the context", Map.of("context-length", 2 * context));
    }

    private LanguageModel train(Corpus corpus, Trial trial) {
        int steps = steps(3_000, 40);
        return GPT.builder()
                .model(StudyPresets.ALGOPATH
                        .transformer()
                        .heads(trial.integer("heads"))
                        .layers(trial.integer("layers"))
                        .embeddingSize(trial.integer("embedding-size"))
                        .hiddenRatio(4)
                        .dropout((float) trial.number("dropout"))
                        .contextLength(trial.integer("context-length"))
                        .build())
                .learningRate(size(1, 10) * 3e-4)
                .weightDecay(0.01)
                .batchSize(size(32, 8))
                .steps(steps)
                .evaluateEvery(Math.max(1, steps / 6))
                .evaluationBatches(size(50, 4))
                .training(trial::prepare)
                .train(corpus);
    }

    /** The baseline and the runs that differ from it in one setting. */
    private static List<Run> differingIn(String factor, List<Run> runs) {
        Run baseline = runs.get(0);
        return runs.stream()
                .filter(run -> run.equals(baseline)
                        || !Objects.equals(
                                run.settings().get(factor), baseline.settings().get(factor)))
                .toList();
    }

    /** A sample of each model, and the mean attention map of its first layer. */
    private Chart sideBySide(List<Run> runs) {
        List<List<Heatmap>> rows = new ArrayList<>();
        for (Run run : runs) {
            try (LanguageModel model = model(run)) {
                String text = TrainedShakespeare.fromFirstToken(
                        model, GenerationOptions.temperature(0.8).withMaxTokens(size(200, 30)));
                print("%n%s:%s", run.label(), text);
                if (rows.isEmpty() || rows.get(rows.size() - 1).size() == 3) {
                    rows.add(new ArrayList<>());
                }
                rows.get(rows.size() - 1).add(Heatmap.average(run.label(), model.attention("the king"), 0));
            }
        }
        return Charts.heatmaps("Attention of layer 0, means over heads", rows);
    }
}
