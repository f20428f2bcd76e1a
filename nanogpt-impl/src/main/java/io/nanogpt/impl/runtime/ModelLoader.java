package io.nanogpt.impl.runtime;

import io.nanogpt.LanguageModel;
import io.nanogpt.NanogptException;
import io.nanogpt.impl.cpu.CpuBackend;
import io.nanogpt.impl.interop.ChatTemplateFile;
import io.nanogpt.impl.interop.GgufModel;
import io.nanogpt.impl.interop.ModelFolder;
import io.nanogpt.impl.interop.ModelWeights;
import io.nanogpt.impl.interop.StateDictModel;
import io.nanogpt.impl.ngram.NgramArchitecture;
import io.nanogpt.impl.ngram.NgramModel;
import io.nanogpt.impl.tokenizer.character.CharacterTokenizer;
import io.nanogpt.impl.tokenizer.format.GgufTokenizer;
import io.nanogpt.impl.tokenizer.format.TokenizerFiles;
import io.nanogpt.impl.zoo.Zoo;
import io.nanogpt.model.Architecture;
import io.nanogpt.model.LoadOptions;
import io.nanogpt.model.TransformerConfig;
import io.nanogpt.model.WeightPrecision;
import io.nanogpt.model.WeightsImportOptions;
import io.nanogpt.model.WeightsImportOptions.Layout;
import io.nanogpt.spi.ArchitectureProvider;
import io.nanogpt.spi.ParameterStore;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizers.UnknownCharacters;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/** Loads models from folders of this library and of Hugging Face, and from state dicts. */
final class ModelLoader {
    /** The private-use planes without the last two code points of each, which are noncharacters. */
    private static final int[][] PRIVATE_USE = {{0xF0000, 0xFFFFD}, {0x100000, 0x10FFFD}};

    /** The least bytes of a layer of a transformer in any format: of its names, shapes and elements. */
    private static final int LEAST_LAYER_BYTES = 400;

    private final LoadOptions options;

    ModelLoader(LoadOptions options) {
        this.options = options;
    }

    /** The contents of a folder with a {@code config.json}, without its weights. */
    record Saved(ModelFolder.Config config, Architecture architecture, Tokenizer tokenizer, ModelFolder.About about) {
        static Saved read(Path path, ModelFolder folder) {
            ModelFolder.Config config = folder.readConfig();
            requireWeightsOf(config, folder, path);
            Architecture architecture = config instanceof ModelFolder.Own own
                    ? own(path, own)
                    : transformer((ModelFolder.HuggingFace) config, WeightsImportOptions.ofFolder());
            Tokenizer tokenizer = TokenizerFiles.load(folder.tokenizerFile());
            requireFit(tokenizer, architecture);
            return new Saved(config, architecture, tokenizer, folder.readAbout(tokenizer));
        }

        /** The same with what is known of the model. */
        Saved with(ModelFolder.About known) {
            return new Saved(config, architecture, tokenizer, known);
        }
    }

    /**
     * Refuses a transformer of more layers than the weights can have, before its graph is built: each layer of a graph
     * takes much more memory than its line in {@code config.json}.
     */
    private static void requireWeightsOf(ModelFolder.Config config, ModelFolder folder, Path path) {
        OptionalInt layers = config instanceof ModelFolder.Own own
                ? Zoo.transformerLayers(own.kind(), own.settings())
                : OptionalInt.of(
                        ((ModelFolder.HuggingFace) config).transformer().size().layers());
        long bytes = folder.weightBytes();
        if (bytes > 0 && layers.orElse(0) > bytes / LEAST_LAYER_BYTES) {
            throw new NanogptException(path.resolve("config.json") + " has " + layers.getAsInt()
                    + " layers, but the weights beside it have only " + bytes
                    + " bytes; they belong to different models");
        }
    }

    private static Architecture own(Path path, ModelFolder.Own own) {
        if (own.kind().equals(NgramArchitecture.KIND)) {
            return NgramArchitecture.of(own.settings());
        }
        return Architectures.create(own.kind(), own.settings())
                .orElseThrow(() -> new NanogptException(unsupported(path, own.kind())
                        + "; for an architecture of your own, add the jar with its "
                        + ArchitectureProvider.class.getName()));
    }

    private static String unsupported(Path path, String type) {
        return path.resolve("config.json") + " has the unsupported model_type \"" + type + "\"; supported are "
                + ModelFolder.huggingFaceTypes() + " of Hugging Face's transformers, and "
                + String.join(", ", Architectures.kinds())
                + " of this library and of the architecture providers on the class path";
    }

    /**
     * Loads a folder.
     *
     * @param check throws if the model is not the expected one
     */
    LanguageModel load(Path path, Consumer<Saved> check) {
        if (GgufModel.isOne(path)) {
            return loadGguf(path, WeightsImportOptions.ofFolder());
        }
        ModelFolder folder = new ModelFolder(path);
        try (Opened opened = folder.read(
                () -> {
                    Saved saved = Saved.read(path, folder);
                    check.accept(saved);
                    return saved.architecture() instanceof NgramArchitecture ngrams
                            ? new Counts(
                                    saved, folder.readNgrams(ngrams.order(), ngrams.vocabularySize(), saved.about()))
                            : open(folder, saved, true);
                },
                Opened::close)) {
            return opened.model(this);
        }
    }

    /** What was read of a folder, before it becomes a model. */
    private interface Opened extends AutoCloseable {
        LanguageModel model(ModelLoader loader);

        @Override
        void close();
    }

    /** A saved model with its weights, whose file stays readable when it is replaced. */
    private record Weighted(Saved saved, ModelWeights weights) implements Opened {
        @Override
        public LanguageModel model(ModelLoader loader) {
            return loader.read(weights, saved.architecture(), saved.tokenizer(), saved.about());
        }

        @Override
        public void close() {
            weights.close();
        }
    }

    /** A saved model of counts, which are in memory. */
    private record Counts(Saved saved, NgramModel ngrams) implements Opened {
        @Override
        public LanguageModel model(ModelLoader loader) {
            if (loader.options.precision() != WeightPrecision.F32) {
                throw new IllegalArgumentException("a model of n-gram counts has no weights to keep in the precision "
                        + loader.options.precision().name().toLowerCase(Locale.ROOT) + "; load it in f32");
            }
            return new NgramLanguageModel(ngrams, saved.tokenizer(), saved.about());
        }

        @Override
        public void close() {
            // Its memory is the heap's.
        }
    }

    /** Opens the weights of a model, and checks that the files that were read belong to them. */
    private static Opened open(ModelFolder folder, Saved saved, boolean tokenizer) {
        ModelWeights weights = folder.openWeights(saved.config());
        try {
            folder.requireWhole(weights.metadata(), ModelFolder.WEIGHTS, saved.about(), tokenizer);
            return new Weighted(saved, weights);
        } catch (RuntimeException e) {
            weights.close();
            throw e;
        }
    }

    /** Imports a folder of Hugging Face, or a state dict. */
    LanguageModel importWeights(Path from, WeightsImportOptions options) {
        if (GgufModel.isOne(from) && options.layout().isEmpty()) {
            return loadGguf(from, options);
        }
        ModelFolder folder = new ModelFolder(from);
        boolean described = Files.isRegularFile(from) && options.layout().isEmpty();
        ModelFolder configured = described ? ModelFolder.around(from) : folder;
        Optional<Opened> hub = configured.read(
                () -> openHuggingFace(from, configured, options), read -> read.ifPresent(Opened::close));
        if (hub.isPresent()) {
            try (Opened opened = hub.get()) {
                return opened.model(this);
            }
        }
        if (options.layout().isEmpty()) {
            refuseOtherModel(from, folder);
        }
        StateDictModel model = StateDictModel.open(from, options);
        try (ModelWeights weights = model.weights()) {
            Architecture architecture = Zoo.create(model.config());
            return read(weights, architecture, tokenizer(folder, options, architecture), ModelFolder.About.none());
        }
    }

    /** Loads a file of llama.cpp, which describes its model itself. */
    private LanguageModel loadGguf(Path file, WeightsImportOptions options) {
        try (GgufModel model = GgufModel.open(file)) {
            if (model.config().size().layers() > model.size() / LEAST_LAYER_BYTES) {
                throw new NanogptException(
                        file + " has " + model.config().size().layers() + " layers in its metadata," + " but only "
                                + model.size() + " bytes; it is damaged");
            }
            TransformerConfig config = model.config();
            requireHeads(config, options, file.toString());
            Architecture architecture =
                    Zoo.create(options.adjustment().apply(config.toBuilder()).build());
            // First: what reads the tokenizer allocates for as many tokens as it has.
            model.weights().check(architecture.graph().parameters());
            Tokenizer tokenizer =
                    options.tokenizer().orElseGet(() -> GgufTokenizer.read(model.metadata(), file.toString()));
            return read(
                    model.weights(),
                    architecture,
                    tokenizer,
                    options.tokenizer().isPresent() ? ModelFolder.About.none() : about(model, file, tokenizer));
        }
    }

    private static ModelFolder.About about(GgufModel model, Path file, Tokenizer tokenizer) {
        Optional<String> begin = GgufTokenizer.begin(model.metadata(), tokenizer);
        Optional<String> end = GgufTokenizer.end(model.metadata(), tokenizer);
        return new ModelFolder.About(
                Optional.empty(), end, List.of(), ChatTemplateFile.find(model.metadata(), file, begin, end));
    }

    private static void requireHeads(TransformerConfig config, WeightsImportOptions options, String source) {
        int heads = config.attention().heads();
        if (options.heads().orElse(heads) != heads) {
            throw new IllegalArgumentException(source + " specifies " + heads + " attention heads, not "
                    + options.heads().getAsInt());
        }
    }

    private static Optional<Opened> openHuggingFace(Path from, ModelFolder folder, WeightsImportOptions options) {
        Optional<ModelFolder.HuggingFace> config = folder.readHuggingFace();
        if (config.isEmpty()) {
            return Optional.empty();
        }
        if (Files.isRegularFile(from) && !isDescribed(config.get(), folder)) {
            return Optional.empty();
        }
        requireWeightsOf(config.get(), folder, from);
        Architecture architecture = transformer(config.get(), options);
        if (options.tokenizer().isEmpty() && !Files.exists(folder.tokenizerFile())) {
            try (ModelWeights weights = folder.openWeights(config.get())) {
                // First: the size of the tokenizer that stands in is that of the vocabulary.
                weights.check(architecture.graph().parameters());
            }
        }
        Tokenizer tokenizer = tokenizer(folder, options, architecture);
        Saved saved = new Saved(config.get(), architecture, tokenizer, folder.readAbout(tokenizer));
        return Optional.of(open(folder, saved, options.tokenizer().isEmpty()));
    }

    /** Whether a file has the tensors of the configuration beside it, which may be that of other files. */
    private static boolean isDescribed(ModelFolder.HuggingFace config, ModelFolder folder) {
        long layers = config.transformer().size().layers();
        try (ModelWeights weights = folder.openWeights(config)) {
            return layers <= folder.weightBytes() / LEAST_LAYER_BYTES
                    && weights.hasTensors(
                            Zoo.create(config.transformer()).graph().parameters());
        }
    }

    /** The weights of a model that is described, but not supported, are not taken for those of another. */
    private static void refuseOtherModel(Path from, ModelFolder folder) {
        folder.modelType().filter(type -> !Architectures.kinds().contains(type)).ifPresent(type -> {
            throw new IllegalArgumentException(unsupported(from, type) + "; give a layout, one of "
                    + Arrays.toString(Layout.values()) + ", if its weights have one of these");
        });
        if (folder.modelType().isPresent()) {
            throw new IllegalArgumentException(
                    from + " is a model of this library; load it with LanguageModel.load, or give a layout, one of "
                            + Arrays.toString(Layout.values()));
        }
    }

    private LanguageModel read(
            ModelWeights weights, Architecture architecture, Tokenizer tokenizer, ModelFolder.About about) {
        requireFit(tokenizer, architecture);
        // Before the allocation: a wrong config.json must not allocate more memory than the weights need.
        weights.check(architecture.graph().parameters());
        return NanogptLibrary.open(CpuBackend.open(options.threads(), options.precision()), backend -> {
            ParameterStore parameters = backend.allocate(architecture.graph());
            weights.read(parameters);
            return new BackendLanguageModel(architecture, tokenizer, backend, parameters, about);
        });
    }

    private static void requireFit(Tokenizer tokenizer, Architecture architecture) {
        if (tokenizer.vocabularySize() > architecture.vocabularySize()) {
            throw new NanogptException("the tokenizer has " + tokenizer.vocabularySize()
                    + " ids, but the model's vocabularySize is " + architecture.vocabularySize()
                    + "; tokenizer.json, or the given tokenizer, belongs to another model");
        }
    }

    private static Architecture transformer(ModelFolder.HuggingFace config, WeightsImportOptions options) {
        options.layout()
                .filter(layout ->
                        config.layout().isEmpty() || layout != config.layout().get())
                .ifPresent(layout -> {
                    throw new IllegalArgumentException("config.json specifies "
                            + config.layout().map(own -> "the layout " + own).orElse("the model_type " + config.type())
                            + ", not " + layout);
                });
        requireHeads(config.transformer(), options, "config.json");
        return Zoo.create(
                options.adjustment().apply(config.transformer().toBuilder()).build());
    }

    private static Tokenizer tokenizer(ModelFolder folder, WeightsImportOptions options, Architecture architecture) {
        return options.tokenizer()
                .orElseGet(() -> Files.exists(folder.tokenizerFile())
                        ? TokenizerFiles.load(folder.tokenizerFile())
                        : placeholderTokenizer(architecture.vocabularySize()));
    }

    /** A stand-in for a missing tokenizer: one private-use character, which ordinary text does not contain, per id. */
    private static Tokenizer placeholderTokenizer(int vocabularySize) {
        StringBuilder characters = new StringBuilder();
        int left = vocabularySize;
        for (int[] plane : PRIVATE_USE) {
            for (int codePoint = plane[0]; codePoint <= plane[1] && left > 0; codePoint++, left--) {
                characters.appendCodePoint(codePoint);
            }
        }
        if (left > 0) {
            throw new IllegalArgumentException("the weights have no tokenizer, and their " + vocabularySize
                    + " ids exceed the private-use characters that could stand for them; give a tokenizer");
        }
        return CharacterTokenizer.train(characters.toString(), UnknownCharacters.ERROR);
    }
}
