package io.nanogpt.examples.systems;

import io.nanogpt.LanguageModel;
import io.nanogpt.chart.Charts;
import io.nanogpt.chart.RunPlot;
import io.nanogpt.data.Corpus;
import io.nanogpt.data.TokenSource;
import io.nanogpt.data.Tokenization;
import io.nanogpt.data.Windows;
import io.nanogpt.examples.presets.StudyPresets;
import io.nanogpt.experiment.Experiment;
import io.nanogpt.experiment.Grid;
import io.nanogpt.experiment.Run;
import io.nanogpt.experiment.Trial;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.model.Initialization;
import io.nanogpt.model.TransformerConfig;
import io.nanogpt.tokenizer.CompressionReport;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizers;
import io.nanogpt.train.AdamW;
import io.nanogpt.train.CheckpointConfig;
import io.nanogpt.train.SampleConfig;
import io.nanogpt.train.Schedule;
import io.nanogpt.train.Trainer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The language model of CS336's first assignment, from a text file to its experiments. */
@Command(
        name = "cs336",
        description = "Train the language model of CS336's first assignment, and repeat its experiments.")
public final class Cs336 extends Study {
    private static final String END_OF_TEXT = "<|endoftext|>";
    private static final double TRAINING_SHARE = 0.9;

    @Option(names = "--prompt", paramLabel = "TEXT", description = "text to continue")
    private String prompt = "Once upon a time";

    @Option(
            names = "--course-size",
            description = "the model and the 5,000 steps of the course, which it trains on GPUs (default: a"
                    + " model of four layers of 128 and 300 steps)")
    private boolean courseSize;

    @Option(
            names = "--leaderboard",
            paramLabel = "MINUTES",
            description = "train the best recipe for this long, and add its loss to leaderboard.csv; nothing else")
    private @Nullable Double leaderboard;

    /** Tokenizes, trains or resumes, samples, and sweeps. */
    public static void main(String[] arguments) {
        run(new Cs336(), arguments);
    }

    @Override
    void study() throws IOException {
        Path text = data().isPresent() ? data().orElseThrow() : sampleStories();
        if (leaderboard != null) {
            new Cs336Leaderboard(out("leaderboard.csv"))
                    .enter(leaderboard, Corpus.ofFiles(text), threads())
                    .forEach(line -> print("%s", line));
            return;
        }
        requireTrained(out("model"));
        Tokenizer tokenizer = tokenizer(text);
        CompressionReport compression = compression(text, tokenizer);
        Windows tokens = Windows.of(tokens(text, tokenizer));
        try (LanguageModel model = baseline(tokenizer, tokens)) {
            model.save(out("model"));
            for (double p : List.of(0.5, 0.9, 1.0)) {
                GenerationOptions nucleus = GenerationOptions.temperature(0.8)
                        .withTopP(p)
                        .withStop(END_OF_TEXT)
                        .withMaxTokens(size(256, 24));
                print("p = %.1f: %s%s", p, prompt, model.generate(prompt, nucleus));
            }
        }
        sweeps(tokenizer, tokens);
        result("questions", new Cs336Questions(text, tokenizer, compression).answers());
        result("sgd", Cs336Questions.sgd());
        result("costs", Cs336Accounting.costs());
        result("products", Cs336Accounting.products());
        print("%s", Cs336Accounting.training());
    }

    @Override
    Map<String, String> shared() throws IOException {
        Map<String, String> shared = new HashMap<>(super.shared());
        shared.put("size", courseSize ? "the course's" : "small");
        return shared;
    }

    private Path sampleStories() throws IOException {
        Files.createDirectories(out(""));
        String stories = String.join(
                "\n" + END_OF_TEXT + "\n",
                sample(400).records().stream()
                        .map(caption -> "Once upon a time: " + caption)
                        .toList());
        return Files.writeString(out("sample.txt"), stories);
    }

    private Tokenizer tokenizer(Path text) throws IOException {
        Tokenizer tokenizer = Tokenizers.byteLevelBpe()
                .vocabularySize(courseSize ? 10_000 : size(2_000, 500))
                .specialTokens(END_OF_TEXT)
                .train(text);
        tokenizer.save(out("tokenizer.json"));
        return tokenizer;
    }

    private CompressionReport compression(Path text, Tokenizer tokenizer) throws IOException {
        try (InputStream stream = Files.newInputStream(text)) {
            CompressionReport report = CompressionReport.measure(tokenizer, stream, threads());
            print("%,d tokens, %.2f bytes each", report.tokens(), report.bytesPerToken());
            return report;
        }
    }

    private TokenSource tokens(Path text, Tokenizer tokenizer) {
        Path file = out("tokens.npy");
        Tokenization.Report report =
                Tokenization.with(tokenizer).withThreads(threads()).write(text, file);
        print("%,d tokens written in %.1f s", report.tokens(), report.seconds());
        return TokenSource.open(file, tokenizer);
    }

    /** The model of a trial: a preset, at the size of this study, perhaps with the initial weights of the baseline. */
    private TransformerConfig model(String preset, boolean sameWeights, Tokenizer tokenizer) {
        TransformerConfig.Builder config =
                StudyPresets.of(preset).transformer().vocabularySize(tokenizer.vocabularySize());
        if (!courseSize) {
            int width = size(128, 32);
            // SwiGLU has three matrices of 8/3 of the width, SiLU two of four times the width: as many parameters.
            int hidden = preset.equals(StudyPresets.TRANSFORMER_LM_SILU.name()) ? 4 * width : 8 * width / 3 / 16 * 16;
            config.layers(size(4, 2))
                    .heads(4)
                    .embeddingSize(width)
                    .hiddenSize(hidden)
                    .contextLength(size(128, 32));
        }
        if (sameWeights) {
            config.initialization(new Initialization.TruncatedNormal());
        }
        return config.build();
    }

    private Trainer.Builder trainer(double learningRate, int batchSize) {
        int steps = steps(courseSize ? 5_000 : 300, 60);
        return Trainer.builder()
                .optimizer(AdamW.defaults().withLearningRate(learningRate).withBetas(0.9, 0.95))
                .schedule(Schedule.cosine(steps / 20, 0.1))
                .gradientClip(1)
                .batchSize(batchSize)
                .steps(steps)
                .evaluateEvery(Math.max(1, steps / 10))
                .evaluationBatches(size(20, 4))
                .threads(threads());
    }

    private LanguageModel baseline(Tokenizer tokenizer, Windows tokens) {
        GenerationOptions options =
                GenerationOptions.temperature(0.8).withTopP(0.9).withMaxTokens(size(60, 16));
        return trainer(learningRate(), batchSize())
                .checkpoints(CheckpointConfig.in(out("checkpoints"))
                        .withEvery(size(500, 20))
                        .withResume(true))
                .samples(new SampleConfig(List.of(prompt), options))
                .listener(progress())
                .build()
                .train(
                        model(StudyPresets.TRANSFORMER_LM.name(), true, tokenizer)
                                .architecture(),
                        tokenizer,
                        tokens.slice(0, TRAINING_SHARE),
                        tokens.slice(TRAINING_SHARE, 1));
    }

    private double learningRate() {
        return size(1, 10) * 1e-3;
    }

    private int batchSize() {
        return size(32, 8);
    }

    /** Sweeps of learning rates up to divergence, of batch sizes, and of ablations. */
    private void sweeps(Tokenizer tokenizer, Windows tokens) {
        Grid base = Experiment.grid()
                .base("preset", StudyPresets.TRANSFORMER_LM.name())
                .base("initial-weights", "baseline")
                .base("learning-rate", learningRate())
                .base("batch-size", batchSize());
        Function<Trial, LanguageModel> recipe = trial -> train(trial, tokenizer, tokens);
        experiment("baseline", base, recipe);
        List<Run> rates = experiment(
                "learning rates", base.vary("learning-rate", 1e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 1, 10), recipe);
        draw("learning-rates", Charts.runs(RunPlot.STEPS, rates, "learning-rate"));
        draw("rates", Charts.runs(RunPlot.RATES, rates));
        result("learning-rates", losses(rates, "learning rate", run -> setting(run, "learning-rate")));
        List<Run> batches = experiment("batch sizes", base.vary("batch-size", 1, 8, 32, 64), recipe);
        draw("batch-sizes", Charts.runs(RunPlot.TOKENS, batches, "batch-size"));
        result("batch-sizes", losses(batches, "batch size", run -> setting(run, "batch-size")));
        List<Run> ablations = experiment("ablations", ablations(base), recipe);
        draw("ablations", Charts.runs(RunPlot.STEPS, ablations, "label"));
        result("ablations", losses(ablations, "ablation", Run::label));
    }

    /** One piece of the architecture removed or replaced, all else equal; without norms also at other weights and rates. */
    private Grid ablations(Grid base) {
        String noNorm = StudyPresets.TRANSFORMER_LM_NO_NORM.name();
        return base.variant("no norm, the same initial weights", Map.of("preset", noNorm))
                .variant("no norm, smaller initial weights", Map.of("preset", noNorm, "initial-weights", "smaller"))
                .variant(
                        "no norm, the same initial weights, a third of the rate",
                        Map.of("preset", noNorm, "learning-rate", learningRate() / 3))
                .variant("post norm", Map.of("preset", StudyPresets.TRANSFORMER_LM_POST_NORM.name()))
                .variant("no positions", Map.of("preset", StudyPresets.TRANSFORMER_LM_NO_POSITIONS.name()))
                .variant("SiLU at four times the width", Map.of("preset", StudyPresets.TRANSFORMER_LM_SILU.name()));
    }

    private static String losses(List<Run> runs, String first, Function<Run, String> name) {
        MarkdownTable table = new MarkdownTable(first, "parameters", "tokens", "validation loss", "perplexity");
        for (Run run : runs) {
            double loss = run.finalValidationLoss().orElse(Double.NaN);
            table.row(
                    name.apply(run),
                    number("%,d", run.measures().parameters()),
                    number("%,d", run.tokens()),
                    run.failed() ? run.error().orElseThrow().replaceAll("; the last good.*", "") : number("%.3f", loss),
                    run.failed() ? "" : number("%.1f", Math.exp(loss)));
        }
        return table + "\n" + provenance(runs);
    }

    private LanguageModel train(Trial trial, Tokenizer tokenizer, Windows tokens) {
        Trainer.Builder trainer = trainer(trial.number("learning-rate"), trial.integer("batch-size"));
        trial.prepare(trainer);
        return trainer.build()
                .train(
                        model(
                                        trial.text("preset"),
                                        trial.text("initial-weights").equals("baseline"),
                                        tokenizer)
                                .architecture(),
                        tokenizer,
                        tokens.slice(0, TRAINING_SHARE),
                        tokens.slice(TRAINING_SHARE, 1));
    }
}
