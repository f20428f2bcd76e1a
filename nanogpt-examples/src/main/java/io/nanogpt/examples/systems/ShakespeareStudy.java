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
import io.nanogpt.generate.AttentionMaps;
import io.nanogpt.generate.GenerationOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
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

    @Option(names = "--text", paramLabel = "TEXT", description = "text whose attention is drawn (default: KING HENRY:)")
    private @Nullable String text;

    /** Trains every variant in turn; an interrupted study continues where it was. */
    public static void main(String[] arguments) {
        run(new ShakespeareStudy(), arguments);
    }

    @Override
    void study() {
        Corpus corpus = data().map(path -> Corpus.ofFiles(path))
                .orElseGet(() -> Corpus.ofText(sample(100).withSeparator("\n\n").text()));
        requireCharacters("--text", lookedAt(), corpus);
        if (weights != null) {
            describe(weights, corpus);
            return;
        }
        List<Run> runs = experiment("variants", variants(), trial -> train(corpus, trial));
        draw("finals", Charts.runs(RunPlot.FINALS, runs, "label"));
        draw("factors", Charts.runs(RunPlot.FACTORS, runs));
        draw("parameters", Charts.runs(RunPlot.PARAMETERS, runs, "label"));
        for (String factor : FACTORS) {
            draw(factor, Charts.runs(RunPlot.STEPS, differingIn(factor, runs), factor));
        }
        result("losses", losses(runs));
        result("samples", samples(runs));
        draw("attention", sideBySide(runs));
        draw("attention-heads", fourHeadsAndOne(runs));
    }

    /** Losses, text and the heads of the first and the last layer of a model that PyTorch trained. */
    private void describe(Path file, Corpus corpus) {
        try (LanguageModel model = TrainedShakespeare.load(file, corpus)) {
            new TrainedShakespeare(model).describe(corpus, size(500, 40)).forEach(line -> print("%s", line));
            AttentionMaps maps = model.attention(lookedAt());
            draw("weights-first-layer", Charts.attention(maps, 0));
            draw("weights-last-layer", Charts.attention(maps, maps.layers() - 1));
        }
    }

    private String losses(List<Run> runs) {
        MarkdownTable table =
                new MarkdownTable("run", "parameters", "training loss", "validation loss", "fastest step, ms");
        for (Run run : runs) {
            table.row(
                    run.label(),
                    number("%,d", run.measures().parameters()),
                    number("%.3f", run.finalTrainLoss().orElse(Double.NaN)),
                    number("%.3f", run.finalValidationLoss().orElse(Double.NaN)),
                    number("%.0f", fastestStep(run)));
        }
        double seconds = runs.stream()
                        .filter(run -> !run.failed())
                        .mapToDouble(ShakespeareStudy::fastestStep)
                        .sum()
                * steps()
                / 1e3;
        return table + "\n" + provenance(runs) + " If every step were as fast as the fastest: " + duration(seconds)
                + ".";
    }

    /** In milliseconds, of all that were recorded: what else the machine did meanwhile matters least to it. */
    private static double fastestStep(Run run) {
        double speed = run.steps().stream()
                .mapToDouble(Run.StepPoint::tokensPerSecond)
                .max()
                .orElse(Double.NaN);
        return 1e3 * run.measures().tokensPerStep() / speed;
    }

    /** The text whose attention is drawn. */
    private String lookedAt() {
        return text != null ? text : data().isPresent() ? "KING HENRY:" : "In the cells";
    }

    /** What each model writes from token 0 at temperature 1, below its size and losses. */
    private String samples(List<Run> runs) {
        StringBuilder text = new StringBuilder();
        for (Run run : runs) {
            try (LanguageModel model = model(run)) {
                text.append(String.format(
                        Locale.ROOT,
                        "%s, %,d parameters, training loss %.3f, validation loss %.3f:%n%n```%n%s%n```%n%n",
                        run.label(),
                        run.measures().parameters(),
                        run.finalTrainLoss().orElse(Double.NaN),
                        run.finalValidationLoss().orElse(Double.NaN),
                        TrainedShakespeare.fromFirstToken(
                                        model, GenerationOptions.temperature(1).withMaxTokens(size(300, 30)))
                                .strip()));
            }
        }
        return text.toString();
    }

    /** The four heads of the first layer of the baseline, and below them the one head of the model with one. */
    private Chart fourHeadsAndOne(List<Run> runs) {
        List<List<Heatmap>> rows = new ArrayList<>();
        for (Run run : List.of(runs.get(0), runs.get(1))) {
            try (LanguageModel model = model(run)) {
                AttentionMaps maps = model.attention(lookedAt());
                rows.add(IntStream.range(0, maps.heads(0))
                        .mapToObj(head -> Heatmap.head(run.label() + ", head " + head, maps, 0, head))
                        .toList());
            }
        }
        return Charts.heatmaps("Attention of layer 0 on " + lookedAt(), rows);
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
        int steps = steps();
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

    private int steps() {
        return steps(3_000, 40);
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

    /** The mean attention map of the first layer of each model. */
    private Chart sideBySide(List<Run> runs) {
        List<List<Heatmap>> rows = new ArrayList<>();
        for (Run run : runs) {
            try (LanguageModel model = model(run)) {
                if (rows.isEmpty() || rows.get(rows.size() - 1).size() == 3) {
                    rows.add(new ArrayList<>());
                }
                rows.get(rows.size() - 1).add(Heatmap.average(run.label(), model.attention(lookedAt()), 0));
            }
        }
        return Charts.heatmaps("Attention of layer 0, means over heads", rows);
    }
}
