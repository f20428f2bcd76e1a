package io.nanogpt.impl.runtime;

import io.nanogpt.LanguageModel;
import io.nanogpt.NanogptException;
import io.nanogpt.impl.interop.ModelFolder;
import io.nanogpt.impl.interop.ModelWeights;
import io.nanogpt.impl.interop.StateDictModel;
import io.nanogpt.impl.tokenizer.character.CharacterTokenizer;
import io.nanogpt.impl.tokenizer.format.TokenizerFiles;
import io.nanogpt.impl.zoo.Zoo;
import io.nanogpt.model.Architecture;
import io.nanogpt.model.WeightsImportOptions;
import io.nanogpt.model.WeightsImportOptions.Layout;
import io.nanogpt.spi.ArchitectureProvider;
import io.nanogpt.spi.ParameterStore;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizers.UnknownCharacters;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** Makes models of files: folders of ours and of Hugging Face, and state dicts. */
final class ModelLoader {
    /** The private-use planes without the last two code points of each, which are no characters. */
    private static final int[][] PRIVATE_USE = {{0xF0000, 0xFFFFD}, {0x100000, 0x10FFFD}};

    private final int threads;

    ModelLoader(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be at least 1, but is " + threads);
        }
        this.threads = threads;
    }

    /** What a folder with a {@code config.json} has beside its weights. */
    record Saved(
            ModelFolder folder,
            ModelFolder.Config config,
            Architecture architecture,
            Tokenizer tokenizer,
            ModelFolder.About about) {
        static Saved read(Path path) {
            ModelFolder folder = new ModelFolder(path);
            ModelFolder.Config config = folder.readConfig();
            Architecture architecture = config instanceof ModelFolder.Own own
                    ? own(path, own)
                    : transformer((ModelFolder.HuggingFace) config, WeightsImportOptions.ofFolder());
            Tokenizer tokenizer = TokenizerFiles.load(folder.tokenizerFile());
            requireFit(tokenizer, architecture);
            return new Saved(folder, config, architecture, tokenizer, folder.readAbout());
        }
    }

    private static Architecture own(Path path, ModelFolder.Own own) {
        return Architectures.create(own.kind(), own.settings())
                .orElseThrow(() -> new NanogptException(unsupported(path, own.kind())
                        + "; for an architecture of your own, add the jar with its "
                        + ArchitectureProvider.class.getName()));
    }

    private static String unsupported(Path path, String type) {
        return path.resolve("config.json") + " has the model_type \"" + type + "\", which does not load; supported are "
                + ModelFolder.huggingFaceTypes() + " of Hugging Face's transformers, and "
                + String.join(", ", Architectures.kinds())
                + " of this library and of the architecture providers on the class path";
    }

    LanguageModel load(Path path) {
        return load(Saved.read(path));
    }

    LanguageModel load(Saved saved) {
        try (ModelWeights weights = saved.folder().openWeights(saved.config())) {
            return read(weights, saved.architecture(), saved.tokenizer(), saved.about());
        }
    }

    /** A folder of Hugging Face, or a state dict. */
    LanguageModel importWeights(Path from, WeightsImportOptions options) {
        ModelFolder folder = new ModelFolder(from);
        Optional<ModelFolder.HuggingFace> config = folder.readHuggingFace();
        if (config.isPresent()) {
            Architecture architecture = transformer(config.get(), options);
            try (ModelWeights weights = folder.openWeights(config.get())) {
                return read(weights, architecture, tokenizer(folder, options, architecture), folder.readAbout());
            }
        }
        Layout layout = options.layout().orElseThrow(() -> noLayout(from, folder));
        StateDictModel model = StateDictModel.open(from, layout, options);
        try (ModelWeights weights = model.weights()) {
            Architecture architecture = Zoo.create(model.config());
            return read(weights, architecture, tokenizer(folder, options, architecture), ModelFolder.About.none());
        }
    }

    private static IllegalArgumentException noLayout(Path from, ModelFolder folder) {
        return new IllegalArgumentException(folder.modelType()
                        .filter(type -> !Architectures.kinds().contains(type))
                        .map(type -> unsupported(from, type))
                        .orElse(from + " has no config.json of a supported model_type: "
                                + ModelFolder.huggingFaceTypes())
                + "; give a layout, one of " + Arrays.toString(Layout.values()));
    }

    private LanguageModel read(
            ModelWeights weights, Architecture architecture, Tokenizer tokenizer, ModelFolder.About about) {
        requireFit(tokenizer, architecture);
        // Before the backend makes room: a wrong config.json must not ask for more memory than there are weights.
        weights.check(architecture.graph().parameters());
        return NanogptLibrary.open(threads, backend -> {
            ParameterStore parameters = backend.allocate(architecture.graph().parameters());
            weights.read(parameters);
            return new BackendLanguageModel(architecture, tokenizer, backend, parameters, about);
        });
    }

    private static void requireFit(Tokenizer tokenizer, Architecture architecture) {
        if (tokenizer.vocabularySize() > architecture.vocabularySize()) {
            throw new NanogptException("the tokenizer has " + tokenizer.vocabularySize()
                    + " ids, but the model vocabularySize " + architecture.vocabularySize()
                    + "; tokenizer.json, or the tokenizer that was given, belongs to another model");
        }
    }

    private static Architecture transformer(ModelFolder.HuggingFace config, WeightsImportOptions options) {
        options.layout().filter(layout -> layout != config.layout()).ifPresent(layout -> {
            throw new IllegalArgumentException(
                    "config.json says that the weights are of layout " + config.layout() + ", not " + layout);
        });
        int heads = config.transformer().attention().heads();
        if (options.heads().orElse(heads) != heads) {
            throw new IllegalArgumentException("config.json says that the model has " + heads + " attention heads, not "
                    + options.heads().getAsInt());
        }
        return Zoo.create(
                options.adjustment().apply(config.transformer().toBuilder()).build());
    }

    private static Tokenizer tokenizer(ModelFolder folder, WeightsImportOptions options, Architecture architecture) {
        return options.tokenizer()
                .orElseGet(() -> Files.exists(folder.tokenizerFile())
                        ? TokenizerFiles.load(folder.tokenizerFile())
                        : oneCharacterAnId(architecture.vocabularySize()));
    }

    /** For weights without a tokenizer: private-use characters, which no text holds by chance, in the order of the ids. */
    private static Tokenizer oneCharacterAnId(int vocabularySize) {
        StringBuilder characters = new StringBuilder();
        int left = vocabularySize;
        for (int[] plane : PRIVATE_USE) {
            for (int codePoint = plane[0]; codePoint <= plane[1] && left > 0; codePoint++, left--) {
                characters.appendCodePoint(codePoint);
            }
        }
        if (left > 0) {
            throw new IllegalArgumentException("there is no tokenizer beside the weights, and " + vocabularySize
                    + " ids are more than there are private-use characters to stand for them; give a tokenizer");
        }
        return CharacterTokenizer.train(characters.toString(), UnknownCharacters.ERROR);
    }
}
