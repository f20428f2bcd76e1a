package io.nanogpt.impl.runtime;

import io.nanogpt.Diagnosis;
import io.nanogpt.LanguageModel;
import io.nanogpt.NanogptException;
import io.nanogpt.accounting.Account;
import io.nanogpt.backend.BackendChoice;
import io.nanogpt.chart.LiveOptions;
import io.nanogpt.chart.LiveReport;
import io.nanogpt.chat.ChatTemplate;
import io.nanogpt.chat.Message;
import io.nanogpt.data.Chats;
import io.nanogpt.data.Corpus;
import io.nanogpt.data.Examples;
import io.nanogpt.data.Records;
import io.nanogpt.generate.AttentionMaps;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.generate.JsonSchema;
import io.nanogpt.graph.Graph;
import io.nanogpt.impl.accounting.Accountant;
import io.nanogpt.impl.chart.ChartRenderer;
import io.nanogpt.impl.chat.ChatEncoder;
import io.nanogpt.impl.chat.JinjaTemplate;
import io.nanogpt.impl.checkpoint.CheckpointFolder;
import io.nanogpt.impl.checkpoint.RunIdentity;
import io.nanogpt.impl.cpu.CpuBackend;
import io.nanogpt.impl.data.ChatLines;
import io.nanogpt.impl.data.FileCorpusReader;
import io.nanogpt.impl.data.FileTokens;
import io.nanogpt.impl.data.TokensPerByte;
import io.nanogpt.impl.experiment.DefaultExperiments;
import io.nanogpt.impl.generate.TextGenerator;
import io.nanogpt.impl.graph.Inference;
import io.nanogpt.impl.graph.Packing;
import io.nanogpt.impl.inspect.InspectedModel;
import io.nanogpt.impl.inspect.explorer.ServedExplorer;
import io.nanogpt.impl.interop.ChatTemplateFile;
import io.nanogpt.impl.interop.ModelFolder;
import io.nanogpt.impl.jsonschema.AllowedTokens;
import io.nanogpt.impl.live.LivePage;
import io.nanogpt.impl.metrics.Metrics;
import io.nanogpt.impl.ngram.NgramArchitecture;
import io.nanogpt.impl.ngram.NgramModel;
import io.nanogpt.impl.progress.ProgressBar;
import io.nanogpt.impl.schedule.Scheduler;
import io.nanogpt.impl.tokenizer.DefaultTokenizers;
import io.nanogpt.impl.train.GivenWeights;
import io.nanogpt.impl.train.TrainingRun;
import io.nanogpt.impl.train.TrainingRun.CheckpointStore;
import io.nanogpt.impl.train.TrainingRun.SampleWriter;
import io.nanogpt.impl.zoo.Zoo;
import io.nanogpt.inspect.Explorer;
import io.nanogpt.model.Architecture;
import io.nanogpt.model.LoadOptions;
import io.nanogpt.model.ModelConfig;
import io.nanogpt.model.WeightsImportOptions;
import io.nanogpt.onnx.OnnxOptions;
import io.nanogpt.spi.Backend;
import io.nanogpt.spi.ChatRenderer;
import io.nanogpt.spi.CorpusReader;
import io.nanogpt.spi.Drawing;
import io.nanogpt.spi.Experiments;
import io.nanogpt.spi.Library;
import io.nanogpt.spi.MetricSinks;
import io.nanogpt.spi.ParameterStore;
import io.nanogpt.spi.TokenFiles;
import io.nanogpt.spi.TokenizerProvider;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.train.ChosenRecipe;
import io.nanogpt.train.Effort;
import io.nanogpt.train.SampleConfig;
import io.nanogpt.train.TrainingConfig;
import io.nanogpt.train.TrainingListener;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.Supplier;

/** The implementation of the library, which {@link Library#get} returns. */
public final class NanogptLibrary implements Library {
    private final MetricSinks metricSinks = new Metrics();
    private final Experiments experiments = new DefaultExperiments(ModelFolder.version());
    private final Drawing drawing = new ChartRenderer();
    private final CorpusReader corpora = new FileCorpusReader();
    private final TokenFiles tokenFiles = new FileTokens();
    private final TokenizerProvider tokenizers = new DefaultTokenizers();

    /** Called by {@link java.util.ServiceLoader}. */
    public NanogptLibrary() {}

    @Override
    public void requireSupported(JsonSchema schema, String source) {
        AllowedTokens.requireSupported(schema.json(), source);
    }

    @Override
    public CorpusReader corpora() {
        return corpora;
    }

    @Override
    public TokenFiles tokenFiles() {
        return tokenFiles;
    }

    @Override
    public TokenizerProvider tokenizers() {
        return tokenizers;
    }

    @Override
    public ChatRenderer chatRenderer(String source) {
        return JinjaTemplate.parse(source, "the chat template");
    }

    @Override
    public ChatTemplate readChatTemplate(Path from) {
        return ChatTemplateFile.read(from).template();
    }

    @Override
    public List<List<Message>> readChats(Path file, String prompt, String response) {
        List<List<Message>> chats = ChatLines.read(file, prompt, response);
        if (chats.isEmpty()) {
            throw new NanogptException(file + " has no conversation; expected an object a line");
        }
        return chats;
    }

    @Override
    public Records encodeChats(Chats chats, ChatTemplate template, Tokenizer tokenizer) {
        ChatEncoder encoder = new ChatEncoder(template, tokenizer);
        List<int[]> ids = new ArrayList<>();
        List<BitSet> predicted = new ArrayList<>();
        for (List<Message> messages : chats.conversations()) {
            try {
                ChatEncoder.Example example = encoder.example(messages);
                ids.add(example.ids());
                predicted.add(example.predicted());
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "conversation " + ids.size() + " (counted from 0): " + e.getMessage(), e);
            }
        }
        return Records.of(ids, predicted);
    }

    @Override
    public boolean canPack(Architecture architecture) {
        return Packing.isPossible(architecture.graph());
    }

    @Override
    public Architecture architecture(ModelConfig config) {
        return Zoo.create(config);
    }

    @Override
    public Account account(Architecture architecture, int contextLength) {
        return Accountant.account(architecture.graph(), contextLength);
    }

    @Override
    public LanguageModel train(Architecture architecture, Tokenizer tokenizer, Corpus corpus, TrainingConfig config) {
        requireNoAdapter(config);
        requireFit(architecture, tokenizer);
        return train(
                TrainingRun.Model.of(architecture),
                tokenizer,
                texts(
                        new TextReader(
                                architecture,
                                tokenizer,
                                "; give more text, a smaller contextLength or another" + " validationFraction"),
                        corpus,
                        config,
                        ModelFolder.About.none()),
                config);
    }

    /** The examples of a run, and what is known of its model beside them. */
    private record Texts(TrainingRun.Data data, ModelFolder.About about) {}

    private Texts texts(TextReader reader, Corpus corpus, TrainingConfig config, ModelFolder.About about) {
        corpus.requireText();
        Corpus.Split split = corpora.split(corpus, config.split());
        Examples train = reader.windows("training", split.train());
        Examples validation = reader.windows("validation", split.validation());
        OptionalDouble tokensPerByte = TokensPerByte.of(split.validation(), validation.tokens());
        return new Texts(
                new TrainingRun.Data(train, validation, tokensPerByte),
                about.withRecordEnd(RecordEnds.of(corpus, reader.tokenizer())));
    }

    @Override
    public LanguageModel train(
            Architecture architecture,
            Tokenizer tokenizer,
            Examples train,
            Examples validation,
            TrainingConfig config) {
        requireNoAdapter(config);
        requireFit(architecture, tokenizer);
        return train(
                TrainingRun.Model.of(architecture),
                tokenizer,
                texts(tokenizer, train, validation, ModelFolder.About.none()),
                config);
    }

    private static Texts texts(Tokenizer tokenizer, Examples train, Examples validation, ModelFolder.About about) {
        return new Texts(new TrainingRun.Data(train, validation, TokensPerByte.of(validation, tokenizer)), about);
    }

    @Override
    public LanguageModel train(LanguageModel from, Corpus corpus, TrainingConfig config) {
        return BaseModel.use(
                from,
                base -> train(
                        base.start(config),
                        base.tokenizer(),
                        texts(
                                new TextReader(
                                        base.architecture(),
                                        base.tokenizer(),
                                        "; give more text or another"
                                                + " validationFraction; a model that is trained further keeps its context"),
                                corpus,
                                config,
                                base.about()),
                        config.continued()));
    }

    @Override
    public LanguageModel train(LanguageModel from, Examples train, Examples validation, TrainingConfig config) {
        return BaseModel.use(
                from,
                base -> train(
                        base.start(config),
                        base.tokenizer(),
                        texts(base.tokenizer(), train, validation, base.about()),
                        config.continued()));
    }

    private static LanguageModel train(
            TrainingRun.Model model, Tokenizer tokenizer, Texts texts, TrainingConfig config) {
        Architecture architecture = model.architecture();
        return open(TrainingBackends.open(config.backend(), config.threads()), backend -> {
            CheckpointStore checkpoints = config.checkpoints()
                    .map(settings -> new CheckpointFolder(
                            settings,
                            new RunIdentity(
                                    new RunIdentity.Model(
                                            architecture,
                                            tokenizer,
                                            model.weights().map(GivenWeights::identity),
                                            texts.about().recordEnd()),
                                    config,
                                    arithmetic(backend))))
                    .orElse(null);
            SampleWriter samples = config.samples()
                    .map(settings -> samples(
                            architecture,
                            tokenizer,
                            backend,
                            settings,
                            texts.about().recordEnd()))
                    .orElse(null);
            TrainingRun.Result result = TrainingRun.run(
                    backend, model, texts.data(), config, new TrainingRun.Services(checkpoints, samples));
            return new BackendLanguageModel(
                    architecture,
                    tokenizer,
                    backend,
                    result.parameters(),
                    texts.about().with(result.report()));
        });
    }

    @Override
    public ChosenRecipe choose(Corpus corpus, Effort effort, Optional<Tokenizer> tokenizer, TrainingConfig config) {
        corpus.requireText();
        return new RecipeChoice(corpora.split(corpus, config.split()), effort, config).choose(corpus, tokenizer);
    }

    /** What the bits of the CPU backend depend on; empty for other backends. */
    private static Optional<String> arithmetic(Backend backend) {
        return backend instanceof CpuBackend cpu ? Optional.of(cpu.arithmetic()) : Optional.empty();
    }

    private static SampleWriter samples(
            Architecture architecture,
            Tokenizer tokenizer,
            Backend backend,
            SampleConfig settings,
            Optional<String> recordEnd) {
        GenerationOptions options = RecordEnds.apply(settings.options(), recordEnd);
        Graph graph = Inference.of(architecture.graph());
        return new SampleWriter() {
            @Override
            public String write(ParameterStore parameters, String prompt) {
                try (Scheduler scheduler = new Scheduler(
                        Optional::empty,
                        () -> backend.decoder(graph, parameters, architecture.contextLength()),
                        architecture.vocabularySize())) {
                    return new TextGenerator(tokenizer, architecture.vocabularySize(), scheduler)
                            .generate(prompt, options, token -> {});
                }
            }

            @Override
            public AttentionMaps attention(ParameterStore parameters, String prompt) {
                return new InspectedModel(architecture, tokenizer, backend, parameters, Supplier::get)
                        .inspect(tokenizer.encode(prompt))
                        .attention();
            }
        };
    }

    @Override
    public LanguageModel ngram(Corpus corpus, Tokenizer tokenizer, int order) {
        corpus.requireText();
        // Refuses an order before the corpus is tokenized.
        NgramArchitecture architecture = new NgramArchitecture(order, tokenizer.vocabularySize());
        int[] ids = tokenizer.encode(corpus.text());
        if (ids.length == 0) {
            throw new IllegalArgumentException("the tokenizer has no id for any text of the corpus; train it on it");
        }
        return new NgramLanguageModel(
                NgramModel.of(ids, architecture.vocabularySize(), order),
                tokenizer,
                new ModelFolder.About(Optional.empty(), RecordEnds.of(corpus, tokenizer)));
    }

    @Override
    public boolean computesOnGpu(BackendChoice choice) {
        return TrainingBackends.computesOnGpu(choice);
    }

    @Override
    public MetricSinks metricSinks() {
        return metricSinks;
    }

    @Override
    public TrainingListener progress(PrintWriter writer) {
        return ProgressBar.on(writer);
    }

    @Override
    public TrainingListener progress(System.Logger logger) {
        return ProgressBar.on(logger);
    }

    @Override
    public Experiments experiments() {
        return experiments;
    }

    @Override
    public LiveReport live(LiveOptions options) {
        return new LivePage(options);
    }

    @Override
    public Drawing drawing() {
        return drawing;
    }

    @Override
    public Explorer openExplorer(LanguageModel model, String name, int port) {
        return ServedExplorer.open(model, name, port);
    }

    @Override
    public void writeExplorer(LanguageModel model, String name, Path folder) {
        if (!(model instanceof BackendLanguageModel own)) {
            throw new UnsupportedOperationException("the page of a folder runs the graph of a model, and this model has"
                    + " none: it is a " + model.getClass().getSimpleName() + "; serve its page with Explorer.open");
        }
        own.writeExplorer(name, folder);
    }

    @Override
    public LanguageModel load(Path path, LoadOptions options) {
        return new ModelLoader(options).load(path, saved -> {});
    }

    @Override
    public LanguageModel load(Path path, Expected expected) {
        return new ModelLoader(
                        LoadOptions.defaults().withThreads(expected.config().threads()))
                .load(path, saved -> new SavedModelCheck(path, saved).require(expected));
    }

    @Override
    public LanguageModel importWeights(Path from, WeightsImportOptions options, int threads) {
        return new ModelLoader(LoadOptions.defaults().withThreads(threads)).importWeights(from, options);
    }

    @Override
    public LanguageModel loadOnnx(Path path, OnnxOptions options) {
        return ExportedModel.load(path, options);
    }

    @Override
    public List<Path> verify(Path folder) {
        return SavedModelVerifier.verify(folder);
    }

    @Override
    public List<Diagnosis> diagnose() {
        return Doctor.diagnose();
    }

    static LanguageModel open(int threads, Function<Backend, LanguageModel> action) {
        return open(CpuBackend.open(threads), action);
    }

    /** Applies an action that takes ownership of the backend; closes the backend if the action fails. */
    static <B extends Backend> LanguageModel open(B backend, Function<B, LanguageModel> action) {
        try {
            return action.apply(backend);
        } catch (RuntimeException | Error e) {
            try {
                backend.close();
            } catch (RuntimeException suppressed) {
                e.addSuppressed(suppressed);
            }
            throw e;
        }
    }

    private static void requireNoAdapter(TrainingConfig config) {
        if (config.lora().isPresent()) {
            throw new IllegalArgumentException("lora(...) trains adapters of a model, but this run begins with random"
                    + " weights; give the model, with GPT.builder().from(model) or Trainer.train(model, corpus)");
        }
    }

    private static void requireFit(Architecture architecture, Tokenizer tokenizer) {
        if (tokenizer.vocabularySize() > architecture.vocabularySize()) {
            throw new IllegalArgumentException("the tokenizer has " + tokenizer.vocabularySize()
                    + " ids, but the architecture only " + architecture.vocabularySize()
                    + "; build the architecture with vocabularySize " + tokenizer.vocabularySize());
        }
    }
}
