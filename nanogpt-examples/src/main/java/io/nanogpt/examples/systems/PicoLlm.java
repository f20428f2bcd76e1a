package io.nanogpt.examples.systems;

import io.nanogpt.LanguageModel;
import io.nanogpt.chart.Charts;
import io.nanogpt.chart.RunPlot;
import io.nanogpt.data.Corpus;
import io.nanogpt.data.Examples;
import io.nanogpt.data.Mixture;
import io.nanogpt.data.TokenSource;
import io.nanogpt.data.Windows;
import io.nanogpt.examples.presets.StudyPresets;
import io.nanogpt.experiment.Experiment;
import io.nanogpt.experiment.Grid;
import io.nanogpt.experiment.PowerLaw;
import io.nanogpt.experiment.PowerLaw.Scale;
import io.nanogpt.experiment.Run;
import io.nanogpt.experiment.Trial;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.model.KGramConfig;
import io.nanogpt.model.LstmConfig;
import io.nanogpt.model.ModelConfig;
import io.nanogpt.model.Preset;
import io.nanogpt.model.TransformerConfig;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizers;
import io.nanogpt.train.Trainer;
import io.nanogpt.train.TrainingReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** pico-llm: recurrent, k-gram and transformer models side by side on stories mixed with sequences of numbers. */
@Command(
        name = "pico-llm",
        description = "Train an LSTM, k-gram MLPs and transformers on mixed texts, and compare them.")
public final class PicoLlm extends Study {
    private static final double TRAINING_SHARE = 0.9;

    @Option(names = "--sequences", paramLabel = "PATH", description = "text to mix in (default: counting numbers)")
    private @Nullable Path sequences;

    @Option(names = "--stories-weight", paramLabel = "X", description = "share of sequences from --data (default: 0.8)")
    private double storiesWeight = 0.8;

    @Option(
            names = "--tokenizer",
            paramLabel = "FILE",
            description = "saved tokenizer (default: byte pairs of the texts)")
    private @Nullable Path tokenizerFile;

    @Option(names = "--prompt", paramLabel = "TEXT", description = "text to continue")
    private String prompt = "Once upon a time";

    /** Trains every model in turn. */
    public static void main(String[] arguments) {
        run(new PicoLlm(), arguments);
    }

    @Override
    public Integer call() throws IOException {
        Corpus stories = data().map(path -> Corpus.ofFiles(path)).orElseGet(PicoLlm::sampleStories);
        Corpus numbers = sequences == null ? counting() : Corpus.ofFiles(sequences);
        Tokenizer tokenizer = tokenizer(stories, numbers);
        Examples mixed = Mixture.of(storiesWeight, windows(stories, tokenizer), windows(numbers, tokenizer));
        print("%-18s %12s %6s %10s %10s %10s", "model", "parameters", "loss", "trained/s", "written/s", "dense/s");
        for (Preset preset : List.of(
                Preset.LSTM,
                StudyPresets.K_GRAM_ONEHOT,
                StudyPresets.K_GRAM_EMBEDDING,
                StudyPresets.K_GRAM_CONV,
                Preset.MIN_GPT,
                StudyPresets.GPT2_SMALL,
                StudyPresets.GPT_OSS,
                StudyPresets.LLAMA3_LITE)) {
            compare(preset, tokenizer, mixed);
        }
        sweeps(tokenizer, mixed);
        return 0;
    }

    private static Corpus sampleStories() {
        return Corpus.ofStrings(sample(200).records().stream()
                        .map(caption -> "Once upon a time, " + caption)
                        .toList())
                .withSeparator("\n");
    }

    /** Lines of numbers that count up by one to nine. */
    private static Corpus counting() {
        return Corpus.ofStrings(IntStream.range(0, 500)
                        .mapToObj(line -> IntStream.range(0, 12)
                                .mapToObj(i -> Integer.toString(line % 50 + i * (1 + line % 9)))
                                .collect(Collectors.joining(" ")))
                        .toList())
                .withSeparator("\n");
    }

    private Tokenizer tokenizer(Corpus stories, Corpus numbers) {
        return tokenizerFile != null
                ? Tokenizers.load(tokenizerFile)
                : Tokenizers.byteLevelBpe()
                        .vocabularySize(size(10_000, 500))
                        .train(Corpus.ofStrings(List.of(stories.text(), numbers.text())));
    }

    private static Windows windows(Corpus corpus, Tokenizer tokenizer) {
        return Windows.of(TokenSource.of(tokenizer.encode(corpus.text())));
    }

    private Trainer.Builder trainer(double learningRate, int steps) {
        return Trainer.builder()
                .learningRate(learningRate)
                .batchSize(size(16, 8))
                .steps(steps)
                .evaluateEvery(Math.max(1, steps / 10))
                .evaluationBatches(size(20, 4))
                .threads(threads());
    }

    /** Trains a model, and prints its loss, its speeds and its samples. */
    private void compare(Preset preset, Tokenizer tokenizer, Examples mixed) {
        ModelConfig config = data().isPresent() ? preset.config() : small(preset.config());
        try (LanguageModel model = trainer(learningRate(), steps())
                .build()
                .train(
                        config.withVocabularySize(tokenizer.vocabularySize()).architecture(),
                        tokenizer,
                        mixed.slice(0, TRAINING_SHARE),
                        mixed.slice(TRAINING_SHARE, 1))) {
            TrainingReport report = model.report().orElseThrow();
            DecodingSpeed speed = new DecodingSpeed(model, prompt, size(32, 16));
            print(
                    "%-18s %,12d %6.3f %,10.0f %,10.0f %,10.0f",
                    preset,
                    report.plan().parameters(),
                    report.last().validationLoss(),
                    report.tokensPerSecond(),
                    speed.cached(),
                    speed.dense());
            for (double p : List.of(0.5, 0.95, 1.0)) {
                GenerationOptions nucleus =
                        GenerationOptions.temperature(1).withTopP(p).withMaxTokens(size(60, 20));
                print(
                        "    p = %.2f: %s%s",
                        p, prompt, model.generate(prompt, nucleus).replace('\n', ' '));
            }
        }
    }

    /** The same kind of model with a few thousand parameters. */
    private static ModelConfig small(ModelConfig config) {
        if (config instanceof LstmConfig lstm) {
            return new LstmConfig(lstm.layers(), 32, 32, 32, lstm.vocabularySize());
        }
        if (config instanceof KGramConfig kGram) {
            KGramConfig.Input input = kGram.input() instanceof KGramConfig.Input.Embedding
                    ? new KGramConfig.Input.Embedding(32)
                    : kGram.input() instanceof KGramConfig.Input.Convolution
                            ? new KGramConfig.Input.Convolution(32)
                            : kGram.input();
            KGramConfig.Context context = new KGramConfig.Context(
                    kGram.context().window(), kGram.context().padding(), 32);
            return new KGramConfig(input, context, kGram.layers(), 64, kGram.vocabularySize());
        }
        TransformerConfig transformer = (TransformerConfig) config;
        int grouped = transformer.attention().heads() / transformer.attention().keyValueHeads();
        return transformer.toBuilder()
                .layers(transformer.size().layers() / 2)
                .heads(4)
                .keyValueHeads(4 / grouped)
                .embeddingSize(32)
                .hiddenSize(64)
                .contextLength(32)
                .build();
    }

    private double learningRate() {
        return size(1, 5) * 1e-3;
    }

    private int steps() {
        return steps(2_000, 100);
    }

    /** Experiments with corpus size, training length and settings, and with overfitting. */
    private void sweeps(Tokenizer tokenizer, Examples mixed) {
        Grid base = Experiment.grid()
                .base("corpus-share", 1)
                .base("steps", steps())
                .base("learning-rate", learningRate())
                .base("layers", 2);
        Function<Trial, LanguageModel> recipe = trial -> train(trial, tokenizer, mixed);
        experiment("baseline", base, recipe);
        List<Run> sizes = experiment("corpus sizes", base.vary("corpus-share", 0.04, 0.2, 1), recipe);
        draw("corpus-sizes", Charts.runs(RunPlot.FINALS, sizes, "corpus-share"));
        printLaw("tokens of text", PowerLaw.fit(Scale.DATA, sizes));
        List<Run> budgets =
                experiment("training budgets", base.vary("steps", steps() / 2, steps(), 2 * steps()), recipe);
        draw("budgets", Charts.runs(RunPlot.TOKENS, budgets, "steps"));
        printLaw("tokens trained on", PowerLaw.fit(Scale.TOKENS, budgets));
        List<Run> overfitted =
                experiment("overfitting", base.base("corpus-share", 0.01).base("steps", 4 * steps()), recipe);
        draw("overfitting", Charts.runs(RunPlot.STEPS, overfitted));
        List<Run> settings = experiment(
                "hyperparameters",
                base.vary("learning-rate", learningRate() / 2, learningRate(), 2 * learningRate())
                        .vary("layers", 1, 2),
                recipe);
        draw("hyperparameters", Charts.runs(RunPlot.FINALS, settings));
    }

    private void printLaw(String of, PowerLaw law) {
        print("%nloss = %.2f x %s^%.3f (R2 %.2f)", law.factor(), of, law.exponent(), law.rSquared());
    }

    /** A small GPT on a share of the training part. */
    private LanguageModel train(Trial trial, Tokenizer tokenizer, Examples mixed) {
        Trainer.Builder trainer = trainer(trial.number("learning-rate"), trial.integer("steps"));
        trial.prepare(trainer);
        TransformerConfig config = ((TransformerConfig) small(Preset.MIN_GPT.config()))
                .toBuilder()
                        .layers(trial.integer("layers"))
                        .embeddingSize(size(128, 32))
                        .hiddenSize(size(512, 64))
                        .contextLength(size(64, 32))
                        .vocabularySize(tokenizer.vocabularySize())
                        .build();
        return trainer.build()
                .train(
                        config.architecture(),
                        tokenizer,
                        mixed.slice(0, TRAINING_SHARE * trial.number("corpus-share")),
                        mixed.slice(TRAINING_SHARE, 1));
    }
}
