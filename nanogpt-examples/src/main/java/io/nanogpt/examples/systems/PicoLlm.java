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
import io.nanogpt.examples.samples.NumberSequences;
import io.nanogpt.experiment.Experiment;
import io.nanogpt.experiment.Grid;
import io.nanogpt.experiment.Run;
import io.nanogpt.experiment.Trial;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.model.Architecture;
import io.nanogpt.model.KGramConfig;
import io.nanogpt.model.LstmConfig;
import io.nanogpt.model.ModelConfig;
import io.nanogpt.model.Preset;
import io.nanogpt.model.TransformerConfig;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizers;
import io.nanogpt.train.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** pico-llm: recurrent, k-gram and transformer models side by side on stories mixed with sequences of numbers. */
@Command(
        name = "pico-llm",
        description = "Train an LSTM, k-gram MLPs and transformers on mixed texts, and compare them.")
public final class PicoLlm extends Study {
    static final double TRAINING_SHARE = 0.9;

    /** The least length of the text of sequences; 1 % of it still has some windows. */
    private static final int LEAST_CHARACTERS = 40_000;

    private static final List<Preset> ZOO = List.of(
            Preset.LSTM,
            StudyPresets.K_GRAM_ONEHOT,
            StudyPresets.K_GRAM_EMBEDDING,
            StudyPresets.K_GRAM_CONV,
            Preset.MIN_GPT,
            StudyPresets.GPT2_SMALL,
            StudyPresets.GPT_OSS,
            StudyPresets.LLAMA3_LITE);

    @Option(
            names = "--sequences",
            paramLabel = "PATH",
            description = "text to mix in (default: the three sequences of nanogpt data sequences)")
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

    @Option(
            names = "--source-size",
            description = "the models of the source, with 30 to 500 million parameters, which are meant for a GPU"
                    + " (default: the same kinds, 128 wide)")
    private boolean sourceSize;

    /** Trains every model in turn. */
    public static void main(String[] arguments) {
        run(new PicoLlm(), arguments);
    }

    @Override
    void study() throws IOException {
        if (!(storiesWeight > 0 && storiesWeight < 1)) {
            throw new IllegalArgumentException("--stories-weight must be between 0 and 1, but is " + storiesWeight);
        }
        Corpus stories = data().map(path -> Corpus.ofFiles(path)).orElseGet(PicoLlm::sampleStories);
        Corpus numbers = repeated(sequences == null ? NumberSequences.corpus() : Corpus.ofFiles(sequences));
        Tokenizer tokenizer = tokenizer(stories, numbers);
        TokenSource storyTokens = TokenSource.of(tokenizer.encode(stories.text()));
        TokenSource numberTokens = TokenSource.of(tokenizer.encode(numbers.text()));
        Examples mixed = Mixture.of(storiesWeight, Windows.of(storyTokens), Windows.of(numberTokens));
        zoo(tokenizer, mixed);
        String learned = beginning(storyTokens, tokenizer) + "\n" + beginning(numberTokens, tokenizer);
        new PicoLlmStudies(this, tokenizer, mixed, learned).run();
    }

    @Override
    Map<String, String> shared() throws IOException {
        Map<String, String> shared = new HashMap<>(super.shared());
        shared.put("size", sourceSize ? "the source's" : "small");
        shared.put("weight of stories", Double.toString(storiesWeight));
        shared.put("text of sequences", fingerprint("--sequences", sequences, "the three sequences"));
        shared.put("tokenizer", fingerprint("--tokenizer", tokenizerFile, "that of the texts"));
        return shared;
    }

    private static Corpus sampleStories() {
        return Corpus.ofStrings(sample(200).records().stream()
                        .map(caption -> "Once upon a time, " + caption)
                        .toList())
                .withSeparator("\n");
    }

    /** A text of some lines, again and again, so that it has windows to train and to validate on. */
    private static Corpus repeated(Corpus lines) {
        String text = lines.text().strip() + "\n";
        return Corpus.ofText(text.repeat(Math.max(1, LEAST_CHARACTERS / text.length())));
    }

    /** The part of a text on which the model that overfits is trained. */
    private static String beginning(TokenSource tokens, Tokenizer tokenizer) {
        int[] ids = new int[(int) Math.ceil(TRAINING_SHARE * PicoLlmStudies.LITTLE_TEXT * tokens.size())];
        tokens.copy(0, ids, 0, ids.length);
        return tokenizer.decode(ids);
    }

    private Tokenizer tokenizer(Corpus stories, Corpus numbers) {
        return tokenizerFile != null
                ? Tokenizers.load(tokenizerFile)
                : Tokenizers.byteLevelBpe()
                        .vocabularySize(sourceSize ? 10_000 : size(2_000, 500))
                        .train(Corpus.ofStrings(List.of(stories.text(), numbers.text())));
    }

    /** A run of this study, with what a trial sets of the log, the checkpoints and the threads. */
    final LanguageModel train(Trial trial, ModelConfig config, int steps, Tokenizer tokenizer, Examples examples) {
        Trainer.Builder trainer = Trainer.builder()
                .learningRate(trial.number("learning-rate"))
                .batchSize(size(16, 8))
                .steps(steps)
                .evaluateEvery(Math.max(1, steps / 10))
                .evaluationBatches(size(20, 4));
        trial.prepare(trainer);
        Architecture architecture =
                config.withVocabularySize(tokenizer.vocabularySize()).architecture();
        double share = trial.settings().containsKey("corpus-share") ? trial.number("corpus-share") : 1;
        return trainer.build()
                .train(
                        architecture,
                        tokenizer,
                        examples.slice(0, TRAINING_SHARE * share),
                        examples.slice(TRAINING_SHARE, 1));
    }

    /** Trains a model of each kind, and compares losses, speeds and samples. */
    private void zoo(Tokenizer tokenizer, Examples mixed) {
        Object[] names = ZOO.stream().map(Preset::name).toArray();
        Grid grid = Experiment.grid().base("learning-rate", learningRate()).vary("model", names);
        List<Run> runs = experiment("zoo", grid, trial -> {
            ModelConfig source = StudyPresets.of(trial.text("model")).config();
            return train(trial, sourceSize ? source : small(source), steps(), tokenizer, mixed);
        });
        MarkdownTable table = new MarkdownTable(
                "model", "parameters", "validation loss", "trained, tokens/s", "decoding, tokens/s", "without cache");
        StringBuilder samples = new StringBuilder();
        for (Run run : runs) {
            if (run.failed()) {
                table.row(run.label(), "", run.error().orElseThrow(), "", "", "");
                continue;
            }
            String name = setting(run, "model");
            try (LanguageModel model = model(run)) {
                DecodingSpeed speed = new DecodingSpeed(model, prompt, size(32, 16));
                table.row(
                        "`" + name + "`",
                        number("%,d", run.measures().parameters()),
                        number("%.3f", run.finalValidationLoss().orElseThrow()),
                        number("%,.0f", run.measures().tokensPerSecond()),
                        number("%,.0f", speed.cached()),
                        number("%,.0f", speed.dense()));
                samples.append(samples(name, model));
            }
        }
        draw("zoo", Charts.runs(RunPlot.TOKENS, runs, "model"));
        result("zoo", table + "\n" + provenance(runs));
        result("samples", samples.toString());
    }

    /** The prompt continued greedily, and from the nuclei of 0.8 and 0.95. */
    private String samples(String name, LanguageModel model) {
        int tokens = size(60, 20);
        return String.format(
                Locale.ROOT,
                "`%s`:%n%n```%ngreedy:   %s%np = 0.80: %s%np = 0.95: %s%n```%n%n",
                name,
                continued(model, GenerationOptions.greedy().withMaxTokens(tokens)),
                continued(model, GenerationOptions.temperature(1).withTopP(0.8).withMaxTokens(tokens)),
                continued(model, GenerationOptions.temperature(1).withTopP(0.95).withMaxTokens(tokens)));
    }

    final String continued(LanguageModel model, GenerationOptions options) {
        return (prompt + model.generate(prompt, options)).replace('\n', ' ');
    }

    /** The same kind of model, {@link #width()} wide. */
    final ModelConfig small(ModelConfig config) {
        int width = width();
        if (config instanceof LstmConfig lstm) {
            return new LstmConfig(lstm.layers(), width, width, contextLength(), lstm.vocabularySize());
        }
        if (config instanceof KGramConfig kGram) {
            KGramConfig.Input input = kGram.input() instanceof KGramConfig.Input.Embedding
                    ? new KGramConfig.Input.Embedding(width)
                    : kGram.input() instanceof KGramConfig.Input.Convolution
                            ? new KGramConfig.Input.Convolution(width)
                            : kGram.input();
            KGramConfig.Context context = new KGramConfig.Context(
                    kGram.context().window(), kGram.context().padding(), contextLength());
            return new KGramConfig(input, context, kGram.layers(), 2 * width, kGram.vocabularySize());
        }
        TransformerConfig transformer = (TransformerConfig) config;
        int grouped = transformer.attention().heads() / transformer.attention().keyValueHeads();
        return transformer.toBuilder()
                .layers(transformer.size().layers() / 2)
                .heads(4)
                .keyValueHeads(4 / grouped)
                .embeddingSize(width)
                .hiddenSize(2 * width)
                .contextLength(contextLength())
                .build();
    }

    final int width() {
        return size(128, 32);
    }

    final int contextLength() {
        return size(64, 32);
    }

    final double learningRate() {
        return size(1, 5) * 1e-3;
    }

    final int steps() {
        return steps(sourceSize ? 2_000 : 500, 100);
    }
}
