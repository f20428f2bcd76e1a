package io.nanogpt.examples.systems;

import io.nanogpt.LanguageModel;
import io.nanogpt.chart.Charts;
import io.nanogpt.chart.RunPlot;
import io.nanogpt.data.TokenSource;
import io.nanogpt.data.Tokenization;
import io.nanogpt.data.Windows;
import io.nanogpt.examples.presets.StudyPresets;
import io.nanogpt.experiment.Experiment;
import io.nanogpt.experiment.Grid;
import io.nanogpt.experiment.Run;
import io.nanogpt.experiment.Trial;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.model.Preset;
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
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
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

    /** Tokenizes, trains or resumes, samples, and sweeps. */
    public static void main(String[] arguments) {
        run(new Cs336(), arguments);
    }

    @Override
    public Integer call() throws IOException {
        Path text = data().isPresent() ? data().orElseThrow() : sampleStories();
        Tokenizer tokenizer = tokenizer(text);
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
        Cs336Accounting.answer(line -> print("%s", line));
        return 0;
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
                .vocabularySize(size(10_000, 500))
                .specialTokens(END_OF_TEXT)
                .train(text);
        tokenizer.save(out("tokenizer.json"));
        try (InputStream stream = Files.newInputStream(text)) {
            CompressionReport report = CompressionReport.measure(tokenizer, stream, threads());
            print("%,d tokens, %.2f bytes each", report.tokens(), report.bytesPerToken());
        }
        return tokenizer;
    }

    private TokenSource tokens(Path text, Tokenizer tokenizer) {
        Path file = out("tokens.npy");
        Tokenization.Report report =
                Tokenization.with(tokenizer).withThreads(threads()).write(text, file);
        print("%,d tokens written in %.1f s", report.tokens(), report.seconds());
        return TokenSource.open(file, tokenizer);
    }

    private TransformerConfig model(Preset preset, Tokenizer tokenizer) {
        TransformerConfig.Builder config = preset.transformer().vocabularySize(tokenizer.vocabularySize());
        if (data().isEmpty()) {
            int hidden = preset.equals(StudyPresets.TRANSFORMER_LM_SILU) ? 144 : 96;
            config.layers(2).heads(4).embeddingSize(32).hiddenSize(hidden).contextLength(32);
        }
        return config.build();
    }

    private Trainer.Builder trainer(double learningRate, int batchSize) {
        int steps = steps(5_000, 60);
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
                        model(StudyPresets.TRANSFORMER_LM, tokenizer).architecture(),
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
                .base("preset", StudyPresets.TRANSFORMER_LM.toString())
                .base("learning-rate", learningRate())
                .base("batch-size", batchSize());
        Function<Trial, LanguageModel> recipe = trial -> train(trial, tokenizer, tokens);
        experiment("baseline", base, recipe);
        List<Run> rates = experiment("learning rates", base.vary("learning-rate", 1e-3, 1e-2, 1e-1, 1, 10), recipe);
        draw("learning-rates", Charts.runs(RunPlot.STEPS, rates, "learning-rate"));
        List<Run> batches = experiment("batch sizes", base.vary("batch-size", 1, 8, 32, size(128, 64)), recipe);
        draw("batch-sizes", Charts.runs(RunPlot.TOKENS, batches, "batch-size"));
        List<Run> ablations = experiment(
                "ablations",
                base.vary(
                        "preset",
                        Stream.of(
                                        StudyPresets.TRANSFORMER_LM,
                                        StudyPresets.TRANSFORMER_LM_NO_NORM,
                                        StudyPresets.TRANSFORMER_LM_POST_NORM,
                                        StudyPresets.TRANSFORMER_LM_NO_POSITIONS,
                                        StudyPresets.TRANSFORMER_LM_SILU)
                                .map(Preset::toString)
                                .toArray()),
                recipe);
        draw("ablations", Charts.runs(RunPlot.STEPS, ablations, "preset"));
    }

    private LanguageModel train(Trial trial, Tokenizer tokenizer, Windows tokens) {
        Trainer.Builder trainer = trainer(trial.number("learning-rate"), trial.integer("batch-size"));
        trial.prepare(trainer);
        return trainer.build()
                .train(
                        model(StudyPresets.of(trial.text("preset")), tokenizer).architecture(),
                        tokenizer,
                        tokens.slice(0, TRAINING_SHARE),
                        tokens.slice(TRAINING_SHARE, 1));
    }
}
