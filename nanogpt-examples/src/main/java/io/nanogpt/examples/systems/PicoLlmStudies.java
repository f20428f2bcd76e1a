package io.nanogpt.examples.systems;

import io.nanogpt.LanguageModel;
import io.nanogpt.chart.Charts;
import io.nanogpt.chart.RunPlot;
import io.nanogpt.data.Examples;
import io.nanogpt.examples.presets.StudyPresets;
import io.nanogpt.experiment.Experiment;
import io.nanogpt.experiment.Grid;
import io.nanogpt.experiment.PowerLaw;
import io.nanogpt.experiment.PowerLaw.Scale;
import io.nanogpt.experiment.Run;
import io.nanogpt.experiment.Trial;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.model.LstmConfig;
import io.nanogpt.model.Preset;
import io.nanogpt.model.TransformerConfig;
import io.nanogpt.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What a model of pico-llm gains from text, training, size and rate, and what it learns by heart. */
final class PicoLlmStudies {
    /** The share of the training text on which a model overfits. */
    static final double LITTLE_TEXT = 0.01;

    private final PicoLlm study;
    private final Tokenizer tokenizer;
    private final Examples mixed;
    private final String learned;

    /**
     * Studies of one text.
     *
     * @param learned the text on which the model that overfits is trained
     */
    PicoLlmStudies(PicoLlm study, Tokenizer tokenizer, Examples mixed, String learned) {
        this.study = study;
        this.tokenizer = tokenizer;
        this.mixed = mixed;
        this.learned = learned;
    }

    void run() {
        Grid base = Experiment.grid()
                .base("shape", Preset.MIN_GPT.name())
                .base("corpus-share", 1)
                .base("steps", study.steps())
                .base("learning-rate", study.learningRate())
                .base("embedding-size", study.width())
                .base("layers", 2)
                .base("heads", 4);
        int steps = study.steps();
        List<Run> sizes = study("corpus sizes", base.vary("corpus-share", 0.04, 0.2, 1), List.of("corpus-share"));
        printLaw("tokens of text", PowerLaw.fit(Scale.DATA, sizes));
        List<Run> budgets =
                study("training budgets", base.vary("steps", steps / 2, steps, 2 * steps), List.of("steps"));
        printLaw("tokens trained on", PowerLaw.fit(Scale.TOKENS, budgets));
        overfit(base);
        double rate = study.learningRate();
        study(
                "hyperparameters",
                base.vary("embedding-size", study.width() / 2, study.width())
                        .vary("layers", 1, 2)
                        .vary("heads", 2, 4)
                        .vary("learning-rate", rate / 5, rate),
                List.of("embedding-size", "layers", "heads", "learning-rate"));
        study(
                "lstm",
                base.base("shape", Preset.LSTM.name())
                        .vary("embedding-size", study.width() / 2, study.width())
                        .vary("layers", 1, 2),
                List.of("embedding-size", "layers"));
        study(
                "gpt-oss",
                base.base("shape", StudyPresets.GPT_OSS.name())
                        .vary("embedding-size", study.width() / 2, study.width())
                        .vary("layers", 1, 2, 4),
                List.of("embedding-size", "layers"));
    }

    /** Runs a grid, draws its final losses, and writes its table. */
    private List<Run> study(String name, Grid grid, List<String> varied) {
        List<Run> runs = study.experiment(name, grid, this::train);
        String file = name.replace(' ', '-');
        study.draw(file, Charts.runs(RunPlot.FINALS, runs, varied.size() == 1 ? varied.get(0) : "label"));
        MarkdownTable table = new MarkdownTable(name, "parameters", "training loss", "validation loss");
        for (Run run : runs) {
            table.row(
                    varied.stream()
                            .map(setting -> setting + " " + run.settings().get(setting))
                            .collect(Collectors.joining(", ")),
                    Study.number("%,d", run.measures().parameters()),
                    Study.number("%.3f", run.finalTrainLoss().orElse(Double.NaN)),
                    Study.number("%.3f", run.finalValidationLoss().orElse(Double.NaN)));
        }
        study.result(file, table + "\n" + Study.provenance(runs));
        return runs;
    }

    /** So little text and so many steps that the model learns it by heart, and how much of it it then writes. */
    private void overfit(Grid base) {
        Run run = study.experiment(
                        "overfitting",
                        base.base("corpus-share", LITTLE_TEXT).base("steps", 4 * study.steps()),
                        this::train)
                .get(0);
        study.draw("overfitting", Charts.runs(RunPlot.STEPS, List.of(run)));
        List<String> written = new ArrayList<>();
        try (LanguageModel model = study.model(run)) {
            for (int seed = 0; seed < 5; seed++) {
                written.add(study.continued(
                        model,
                        GenerationOptions.temperature(0.8)
                                .withMaxTokens(study.size(60, 20))
                                .withSeed(seed)));
            }
        }
        study.result(
                "overfitting",
                String.format(
                        Locale.ROOT,
                        "%,d steps on %.0f %% of the text end with a training loss of %.2f and a validation loss of %.2f; the"
                                + " best was %.2f. Of five samples at temperature 0.8, %.0f %% of the characters lie in stretches"
                                + " of %d or more that are in the training text. The first:%n%n```%n%s%n```%n",
                        4 * study.steps(),
                        100 * LITTLE_TEXT,
                        run.finalTrainLoss().orElseThrow(),
                        run.finalValidationLoss().orElseThrow(),
                        run.bestValidationLoss().orElseThrow(),
                        100 * WrittenText.measure(written, learned).copied(),
                        WrittenText.STRETCH,
                        written.get(0)));
    }

    private void printLaw(String of, PowerLaw law) {
        study.print("%nloss = %.2f x %s^%.3f (R2 %.2f)", law.factor(), of, law.exponent(), law.rSquared());
    }

    private LanguageModel train(Trial trial) {
        int width = trial.integer("embedding-size");
        int layers = trial.integer("layers");
        String shape = trial.text("shape");
        if (shape.equals(Preset.LSTM.name())) {
            LstmConfig lstm = new LstmConfig(layers, width, width, study.contextLength(), tokenizer.vocabularySize());
            return study.train(trial, lstm, trial.integer("steps"), tokenizer, mixed);
        }
        TransformerConfig transformer = ((TransformerConfig)
                        StudyPresets.of(shape).config())
                .toBuilder()
                        .layers(layers)
                        .heads(trial.integer("heads"))
                        .keyValueHeads(trial.integer("heads"))
                        .embeddingSize(width)
                        .hiddenSize(4 * width)
                        .contextLength(study.contextLength())
                        .build();
        return study.train(trial, transformer, trial.integer("steps"), tokenizer, mixed);
    }
}
