package io.nanogpt.examples.systems;

import io.nanogpt.LanguageModel;
import io.nanogpt.chart.Charts;
import io.nanogpt.chart.RunPlot;
import io.nanogpt.data.Windows;
import io.nanogpt.examples.presets.StudyPresets;
import io.nanogpt.experiment.Experiment;
import io.nanogpt.experiment.Grid;
import io.nanogpt.experiment.Run;
import io.nanogpt.experiment.Trial;
import io.nanogpt.model.Positions;
import io.nanogpt.model.TransformerConfig;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.train.Trainer;
import java.util.List;
import java.util.Map;

/** Short runs of the homework's transformer, each with one setting changed: rate, width, context, positions. */
final class Homework3Sweeps {
    private final Homework3 study;
    private final Tokenizer tokenizer;
    private final Windows windows;
    private final int steps;

    Homework3Sweeps(Homework3 study, Tokenizer tokenizer, Windows windows, int steps) {
        this.study = study;
        this.tokenizer = tokenizer;
        this.windows = windows;
        this.steps = steps;
    }

    void run() {
        double rate = study.learningRate();
        int context = Homework3.contextLength();
        int width = study.size(128, 32);
        Grid grid = Experiment.grid()
                .base("learning-rate", rate)
                .base("embedding-size", width)
                .base("context-length", context)
                .base("positions", "sinusoidal")
                .variant("a third of the rate", Map.of("learning-rate", rate / 3))
                .variant("ten times the rate", Map.of("learning-rate", 10 * rate))
                .variant("a hundred times the rate", Map.of("learning-rate", 100 * rate))
                .variant("half as wide", Map.of("embedding-size", width / 2))
                .variant("twice as wide", Map.of("embedding-size", 2 * width))
                .variant("half the context", Map.of("context-length", context / 2))
                .variant("twice the context", Map.of("context-length", 2 * context))
                .variant("without positions", Map.of("positions", "none"));
        List<Run> runs = study.experiment("sweeps", grid, this::train);
        study.draw("sweeps", Charts.runs(RunPlot.FINALS, runs, "label"));
        MarkdownTable table =
                new MarkdownTable("run, " + steps + " steps", "parameters", "validation loss", "perplexity");
        for (Run run : runs) {
            double loss = run.finalValidationLoss().orElse(Double.NaN);
            table.row(
                    run.label(),
                    Study.number("%,d", run.measures().parameters()),
                    Study.number("%.3f", loss),
                    Study.number("%.1f", Math.exp(loss)));
        }
        study.result("sweeps", table + "\n" + Study.provenance(runs));
    }

    private LanguageModel train(Trial trial) {
        TransformerConfig.Builder model = StudyPresets.TINY_TRANSFORMER
                .transformer()
                .embeddingSize(trial.integer("embedding-size"))
                .hiddenSize(trial.integer("embedding-size"))
                .contextLength(trial.integer("context-length"));
        if (trial.text("positions").equals("none")) {
            model.positions(new Positions.None());
        }
        Trainer.Builder trainer = Trainer.builder()
                .optimizer(Homework3.optimizer(trial.number("learning-rate")))
                .gradientClip(1)
                .batchSize(Homework3.BATCH_SIZE)
                .steps(steps)
                .evaluateEvery(Math.max(1, steps / 10))
                .evaluationBatches(study.size(50, 2));
        trial.prepare(trainer);
        return trainer.build()
                .train(
                        model.vocabularySize(tokenizer.vocabularySize()).build().architecture(),
                        tokenizer,
                        windows.slice(0, Homework3.TRAINING_SHARE),
                        windows.slice(Homework3.TRAINING_SHARE, 1));
    }
}
