package io.nanogpt.examples.systems;

import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.chart.Charts;
import io.nanogpt.chart.RunPlot;
import io.nanogpt.data.Corpus;
import io.nanogpt.data.Corpus.CaseFolding;
import io.nanogpt.experiment.Experiment;
import io.nanogpt.experiment.Grid;
import io.nanogpt.experiment.Run;
import io.nanogpt.experiment.Trial;
import io.nanogpt.generate.GenerationGrid;
import io.nanogpt.generate.GenerationOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Ablations of the caption GPT: text, learning rate, batch size, length of training and evaluation, one at a time. */
@Command(name = "captions", description = "Repeat the sweeps of the caption notebook, and generate captions.")
public final class CaptionsStudy extends Study {
    @Option(names = "--prompt", paramLabel = "TEXT", description = "beginning of the captions")
    private String prompt = "H&E";

    /** Trains every setting in turn; an interrupted study continues where it was. */
    public static void main(String[] arguments) {
        run(new CaptionsStudy(), arguments);
    }

    @Override
    public Integer call() throws IOException {
        Corpus captions =
                data().map(path -> asInTheNotebook(Corpus.ofJson(path))).orElseGet(() -> sample(200));
        int steps = steps(2_000, 40);
        Grid baseline = Experiment.grid()
                .base("separator", NOTEBOOK_SEPARATOR)
                .base("case", "keep")
                .base("learning-rate", 1e-3)
                .base("batch-size", 12)
                .base("steps", steps)
                .base("eval-every", interval(steps));
        Run plain = experiment("baseline", baseline, trial -> train(captions, trial))
                .get(0);
        sweep(captions, baseline, "separator", NOTEBOOK_SEPARATOR, "\n", "");
        sweep(captions, baseline, "case", "keep", "lower", "upper");
        // The middle values are the notebook's average sweep, the outer ones its extreme sweep.
        sweep(captions, baseline, "learning-rate", 1e-5, 1e-4, 1e-3, 1e-2);
        sweep(captions, baseline, "batch-size", 4, 12, 32, 64);
        sweep(captions, baseline, "eval-every", interval(steps), 2 * interval(steps), 5 * interval(steps));
        sweep(captions, baseline, "steps", steps, 3 * steps);
        writeCaptions(plain);
        return 0;
    }

    private static int interval(int steps) {
        return Math.max(2, steps / 10);
    }

    /** Trains with several values of one setting, and draws curves and bars of them. */
    private void sweep(Corpus captions, Grid baseline, String setting, Object... values) {
        List<Run> runs = experiment(setting, baseline.vary(setting, values), trial -> train(captions, trial));
        draw(setting + "-curves", Charts.runs(RunPlot.STEPS, runs, setting));
        draw(setting + "-finals", Charts.runs(RunPlot.FINALS, runs, setting));
    }

    private LanguageModel train(Corpus captions, Trial trial) {
        GPT.Builder gpt = GPT.builder();
        if (data().isEmpty()) {
            gpt.layers(1).embeddingSize(32).contextLength(32);
        }
        return gpt.learningRate(trial.number("learning-rate"))
                .batchSize(trial.integer("batch-size"))
                .steps(trial.integer("steps"))
                .evaluateEvery(trial.integer("eval-every"))
                .evaluationBatches(size(50, 5))
                .training(trial::prepare)
                .train(captions.withSeparator(trial.text("separator"))
                        .withCase(CaseFolding.valueOf(trial.text("case").toUpperCase(Locale.ROOT))));
    }

    /** Ten captions for each temperature and each top-k. */
    private void writeCaptions(Run run) throws IOException {
        StringBuilder text = new StringBuilder();
        try (LanguageModel model = model(run)) {
            GenerationGrid grid = model.grid(
                    prompt,
                    List.of(0.5, 0.7, 1.0, 1.3),
                    List.of(5, 10, 50),
                    size(10, 2),
                    GenerationOptions.defaults()
                            .withStop(NOTEBOOK_SEPARATOR.strip())
                            .withMaxTokens(size(200, 40)));
            for (GenerationGrid.Cell cell : grid.cells()) {
                text.append(
                        String.format(Locale.ROOT, "temperature %.1f, top-k %d%n", cell.temperature(), cell.topK()));
                for (String sample : cell.samples()) {
                    text.append("  ")
                            .append(prompt)
                            .append(sample.replace('\n', ' '))
                            .append('\n');
                }
            }
        }
        Files.writeString(out("captions.txt"), text);
        print("%s", text);
    }
}
