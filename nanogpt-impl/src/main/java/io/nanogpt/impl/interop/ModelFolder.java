package io.nanogpt.impl.interop;

import io.nanogpt.NanogptException;
import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.impl.ngram.NgramModel;
import io.nanogpt.model.Architecture;
import io.nanogpt.model.TransformerConfig;
import io.nanogpt.model.WeightsImportOptions.Layout;
import io.nanogpt.spi.ParameterSource;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.train.TrainingReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A saved model: {@code config.json}, {@code tokenizer.json} with {@code tokenizer_config.json} and
 * {@code special_tokens_map.json} for transformers, {@code README.md} and its weights, {@code model.safetensors}
 * or other {@link WeightFiles}; {@code training_report.json} where this library trained it and
 * {@code generation_config.json} where generation ends with a record or at a token, and {@code chat_template.jinja} where
 * there is one. All are replaced together by {@link StagedFolder}.
 */
public final class ModelFolder {
    private static final System.Logger LOGGER = System.getLogger(ModelFolder.class.getName());

    static final String CONFIG = "config.json";
    /** The weights in this library's own format. */
    public static final String WEIGHTS = "model.safetensors";

    static final String TOKENIZER = "tokenizer.json";
    static final String CARD = "README.md";
    static final List<String> FILES =
            List.of(CONFIG, TOKENIZER, TransformersTokenizer.CONFIG, TransformersTokenizer.SPECIAL_TOKENS, CARD);
    /** Files that not every model has. */
    static final List<String> OPTIONAL_FILES =
            List.of(GenerationConfigFile.NAME, ChatTemplateFile.NAME, TrainingReportFile.NAME);
    /** Of weights in all formats. */
    private static final List<String> WEIGHT_FILES =
            List.of(WEIGHTS, "model.onnx", "model.onnx.data", "genai_config.json", NgramFile.NAME);
    /** Files that the weights name: not the report, whose times would make the same weights differ in their bytes. */
    static final List<String> COMPANIONS = List.of(CONFIG, TOKENIZER, GenerationConfigFile.NAME);
    /** The key under which other weights name the {@link SafetensorsFile#identity} of the same in safetensors. */
    static final String SAME_WEIGHTS = "nanogpt.weights";

    static final String KIND_KEY = "model_type";
    static final String VERSION_KEY = "nanogpt_version";
    static final Set<String> RESERVED_KEYS = Set.of(KIND_KEY, VERSION_KEY);

    private final Path folder;
    private final StagedFolder files;

    /** The one file of weights to read, whatever its name. */
    private final Optional<Path> weights;

    /** Creates a view of a folder that may not exist yet. */
    public ModelFolder(Path folder) {
        this(folder, Optional.empty());
    }

    /** A file of weights with the files of its model beside it. */
    public static ModelFolder around(Path weights) {
        Path parent = weights.getParent();
        return new ModelFolder(parent == null ? Path.of(".") : parent, Optional.of(weights));
    }

    private ModelFolder(Path folder, Optional<Path> weights) {
        this.folder = Objects.requireNonNull(folder, "folder");
        this.weights = weights;
        files = new StagedFolder(
                folder,
                Stream.of(FILES, OPTIONAL_FILES, WEIGHT_FILES)
                        .flatMap(List::stream)
                        .toList());
    }

    Path folder() {
        return folder;
    }

    StagedFolder files() {
        return files;
    }

    /** The content of {@code config.json}. */
    public sealed interface Config {}

    /**
     * A configuration in this library's own format.
     *
     * @param kind of the architecture
     * @param settings of the architecture
     */
    public record Own(String kind, Map<String, Object> settings) implements Config {
        public Own {
            settings = Map.copyOf(settings);
        }
    }

    /**
     * A configuration in the format of Hugging Face's transformers.
     *
     * @param type its {@code model_type}
     * @param layout with the same names of weights, if there is one
     * @param transformer the equivalent configuration of this library
     */
    public record HuggingFace(String type, Optional<Layout> layout, TransformerConfig transformer) implements Config {}

    /**
     * What is known of a model beside its architecture, tokenizer and weights.
     *
     * @param report of the run that made it
     * @param recordEnd the text at which generation ends, where it was trained on records
     * @param endTokens the ids at which generation ends
     * @param chatTemplate writes conversations
     */
    public record About(
            Optional<TrainingReport> report,
            Optional<String> recordEnd,
            List<Integer> endTokens,
            Optional<ChatTemplateFile> chatTemplate) {
        public About {
            endTokens = List.copyOf(endTokens);
        }

        /** Of a model without end tokens and chat template. */
        public About(Optional<TrainingReport> report, Optional<String> recordEnd) {
            this(report, recordEnd, List.of(), Optional.empty());
        }

        /**
         * The ids at which generation ends: first that of the chat template, since one without a text of {@code eos_token}
         * has that of the first id, then the others, and that of the text if it is a single token.
         */
        public List<Integer> ends(Tokenizer tokenizer) {
            Set<Integer> ends = new LinkedHashSet<>();
            chatTemplate
                    .flatMap(ChatTemplateFile::endToken)
                    .map(tokenizer.specialTokens()::get)
                    .ifPresent(ends::add);
            ends.addAll(endTokens);
            recordEnd.map(tokenizer::encode).filter(ids -> ids.length == 1).ifPresent(ids -> ends.add(ids[0]));
            return List.copyOf(ends);
        }

        /** The same with another chat template. */
        public About with(ChatTemplateFile template) {
            return new About(report, recordEnd, endTokens, Optional.of(template));
        }

        /** The same with another report. */
        public About with(TrainingReport other) {
            return new About(Optional.of(other), recordEnd, endTokens, chatTemplate);
        }

        /** The same without a report, which is of other weights. */
        public About withoutReport() {
            return new About(Optional.empty(), recordEnd, endTokens, chatTemplate);
        }

        /** The same with the end of other records. */
        public About withRecordEnd(Optional<String> other) {
            return new About(report, other, endTokens, chatTemplate);
        }

        /** Of a model of which nothing is known. */
        public static About none() {
            return new About(Optional.empty(), Optional.empty());
        }
    }

    /**
     * Reads files of one model, the older or the newer where another program saves meanwhile.
     *
     * @param reader reads the files through this object; called again where they were replaced meanwhile
     * @param discard closes what was read of a mixture
     */
    public <T> T read(Supplier<T> reader, Consumer<T> discard) {
        return files.read(reader, discard);
    }

    /** The path of a file, whether it exists or not. */
    public Path file(String name) {
        return files.find(name).orElseGet(() -> folder.resolve(name));
    }

    /** The path of the tokenizer. */
    public Path tokenizerFile() {
        return file(TOKENIZER);
    }

    /**
     * Reads {@code config.json}.
     *
     * @throws NanogptException if the file is missing or does not name an architecture
     */
    public Config readConfig() {
        Path file = file(CONFIG);
        if (!Files.isDirectory(folder)) {
            if (Files.exists(folder)) {
                throw FirstBytes.noModel(folder);
            }
            throw new NanogptException("there is no folder " + folder + "; give a folder that LanguageModel.save or"
                    + " Hugging Face's transformers wrote, or a GGUF file");
        }
        if (!Files.exists(file)) {
            throw new NanogptException(folder + " holds no " + CONFIG + ", so it is not a saved model; give a folder"
                    + " that LanguageModel.save or Hugging Face's transformers wrote");
        }
        JsonValue root = JsonValue.read(file, "the configuration of a model");
        String kind = root.member(KIND_KEY).string();
        if (HuggingFaceConfig.isKnown(kind)) {
            return withHeadOfFile(HuggingFaceConfig.read(root));
        }
        Map<String, Object> settings = new LinkedHashMap<>(JsonObjects.read(file));
        settings.keySet().removeAll(RESERVED_KEYS);
        return new Own(kind, settings);
    }

    /** Reads {@code config.json}, if it exists and describes a supported model of transformers. */
    public Optional<HuggingFace> readHuggingFace() {
        Path file = file(CONFIG);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        JsonValue type = JsonValue.read(file, "the configuration of a model").optional(KIND_KEY);
        return type != null && HuggingFaceConfig.isKnown(type.string())
                ? Optional.of((HuggingFace) readConfig())
                : Optional.empty();
    }

    /** The {@code model_type} values of Hugging Face's transformers that can be read, for a message. */
    public static String huggingFaceTypes() {
        return HuggingFaceConfig.knownTypes();
    }

    /** The {@code model_type} of {@code config.json}; empty if there is no such file or it has none. */
    public Optional<String> modelType() {
        Path file = file(CONFIG);
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        return Optional.ofNullable(
                        JsonValue.read(file, "the configuration of a model").optional(KIND_KEY))
                .map(JsonValue::string);
    }

    /**
     * Reads what is known of the model; nothing where the folder has no files of it.
     *
     * @throws NanogptException if one of the files is broken
     */
    public About readAbout(Tokenizer tokenizer) {
        return readAbout(tokenizer, Map.of());
    }

    /**
     * Reads what is known of the model with these weights. A report of other weights is left out, with a warning in the log:
     * the model can do without.
     *
     * @param metadata of weights that are not in safetensors
     * @throws NanogptException if one of the files is broken
     */
    public About readAbout(Tokenizer tokenizer, Map<String, String> metadata) {
        GenerationConfigFile generation =
                GenerationConfigFile.read(files.find(GenerationConfigFile.NAME), Optional.of(file(CONFIG)));
        Optional<String> begin = generation.beginToken().flatMap(id -> special(tokenizer, id));
        Optional<String> end = generation.endTokens().stream().findFirst().flatMap(id -> special(tokenizer, id));
        return new About(
                files.find(TrainingReportFile.NAME)
                        .flatMap(file -> TrainingReportFile.read(file, weights -> {
                            boolean same = isOfWeights(weights, metadata);
                            if (!same) {
                                LOGGER.log(System.Logger.Level.WARNING, otherReport(file) + "; it is left out");
                            }
                            return same;
                        })),
                generation.recordEnd(),
                // Others are never drawn.
                generation.endTokens().stream()
                        .filter(id -> id < tokenizer.vocabularySize())
                        .toList(),
                ChatTemplateFile.find(name -> Optional.of(file(name))).map(template -> template.orTokens(begin, end)));
    }

    private static Optional<String> special(Tokenizer tokenizer, int id) {
        return tokenizer.specialTokens().entrySet().stream()
                .filter(token -> token.getValue() == id)
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /**
     * Refuses a report of other weights.
     *
     * @param metadata of weights that are not in safetensors
     */
    public void requireReport(Map<String, String> metadata) {
        files.find(TrainingReportFile.NAME)
                .ifPresent(file -> TrainingReportFile.read(file, weights -> {
                    if (!isOfWeights(weights, metadata)) {
                        throw new NanogptException(otherReport(file) + "; copy the report that was saved with them, or"
                                + " save the model again");
                    }
                    return true;
                }));
    }

    private static String otherReport(Path file) {
        return file + " is the report of the run that made other weights than those beside it";
    }

    private boolean isOfWeights(String identity, Map<String, String> metadata) {
        String same = metadata.get(SAME_WEIGHTS);
        return same == null ? !isOther(identity) : same.equals(identity);
    }

    /**
     * Reads the counts of an n-gram model.
     *
     * @param about what was read of the model
     * @throws NanogptException if they are missing or broken, or of another model than the files beside them
     */
    public NgramModel readNgrams(int order, int vocabulary, About about) {
        NgramFile.Content content = NgramFile.read(file(NgramFile.NAME), order, vocabulary);
        requireWhole(content.metadata(), NgramFile.NAME, about, true);
        return content.model();
    }

    /** The size of the weights in bytes, in whatever format; 0 if there are none. */
    public long weightBytes() {
        List<Path> found = new ArrayList<>(weights.stream().toList());
        try {
            if (found.isEmpty()) {
                WEIGHT_FILES.forEach(name -> files.find(name).ifPresent(found::add));
            }
            if (found.isEmpty() && Files.isDirectory(folder)) {
                try (Stream<Path> inside = Files.list(folder)) {
                    inside.filter(StateDict::hasWeights).forEach(found::add);
                }
            }
            long bytes = 0;
            for (Path file : found) {
                // What stands in their place, such as a pointer of Git LFS, is called by its name.
                FirstBytes.of(file);
                bytes += Files.size(file);
            }
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the weights in " + folder + ": " + e.getMessage(), e);
        }
    }

    /**
     * Opens the weights.
     *
     * @throws NanogptException if they are missing or cannot be read
     */
    public ModelWeights openWeights(Config config) {
        Path file = weights.or(() -> files.find(WEIGHTS)).orElse(folder);
        return config instanceof HuggingFace hub
                ? new ModelWeights(StateDict.open(file), HuggingFaceConfig.names(hub.type(), hub.transformer()), 1)
                : new ModelWeights(StateDict.openOwn(file), NameTables.OURS, 1);
    }

    /** As in transformers, a head in the file that differs from the embedding counts, whatever the configuration says. */
    private HuggingFace withHeadOfFile(HuggingFaceConfig read) {
        HuggingFace config = new HuggingFace(read.family().type(), read.family().layout(), read.transformer());
        boolean readable = weights.isPresent()
                || files.find(WEIGHTS).isPresent()
                || StateDict.FILES.stream().anyMatch(name -> Files.exists(folder.resolve(name)));
        if (!config.transformer().tiedHead() || !readable) {
            return config;
        }
        try (ModelWeights file = openWeights(config)) {
            if (!file.hasOwnHead()) {
                return config;
            }
        }
        LOGGER.log(
                System.Logger.Level.WARNING,
                "{0}: tie_word_embeddings is true in its config.json, but the weights have a head that differs from the"
                        + " embedding; the model has that head, untied",
                folder);
        return new HuggingFace(
                config.type(),
                config.layout(),
                config.transformer().toBuilder().tiedHead(false).build());
    }

    /**
     * Refuses the weights of one model with other files of another, where the weights name them.
     *
     * @param metadata of the weights
     * @param weights the name of their file
     * @param about what was read of the model
     * @param tokenizer whether its tokenizer was read
     * @throws NanogptException naming the files that differ, and what to do
     */
    public void requireWhole(Map<String, String> metadata, String weights, About about, boolean tokenizer) {
        Set<String> read = new LinkedHashSet<>(COMPANIONS);
        if (!tokenizer) {
            read.remove(TOKENIZER);
        }
        if (about.recordEnd().isEmpty()) {
            read.remove(GenerationConfigFile.NAME);
        }
        Companions.require(metadata, file(weights), read, files::find);
        String same = metadata.get(SAME_WEIGHTS);
        if (same != null && isOther(same)) {
            throw new NanogptException(file(weights) + " is of another model than " + WEIGHTS
                    + " beside it, which was saved later; export it again");
        }
    }

    /** Whether the folder has safetensors with another identity. */
    boolean isOther(String identity) {
        Optional<Path> weights = files.find(WEIGHTS);
        if (weights.isEmpty()) {
            return false;
        }
        return !identity(weights.get()).equals(identity);
    }

    static String identity(Path weights) {
        try (SafetensorsFile file = SafetensorsFile.open(weights)) {
            return file.identity();
        }
    }

    /**
     * Writes the whole folder with {@code model.safetensors}. Transformers can load the folder if it has an equivalent
     * architecture.
     *
     * @param transformer configuration of the architecture, if it is one of this library's transformers
     * @throws NanogptException if the folder cannot be written
     */
    public void write(
            Architecture architecture,
            Optional<TransformerConfig> transformer,
            Tokenizer tokenizer,
            ParameterSource parameters,
            About about) {
        write(architecture, transformer, tokenizer, safetensors(parameters, transformer), about);
    }

    /** Tells weights from others, by a checksum of each: 16 hexadecimal digits. */
    public static String identityOf(ParameterSource parameters) {
        return safetensors(parameters, Optional.empty()).identity(Map.of()).substring(0, 16);
    }

    static SafetensorsWeights safetensors(ParameterSource parameters, Optional<TransformerConfig> transformer) {
        return new SafetensorsWeights(
                parameters, WEIGHTS, transformer.flatMap(HuggingFaceConfig::of).map(HuggingFaceConfig::names));
    }

    /**
     * Writes the whole folder with weights in a given format, atomically: after any failure or crash, the folder holds
     * the older model or the new one, never a mixture. Waits for a minute while another thread or process writes there.
     *
     * @param transformer configuration of the architecture, if it is one of this library's transformers
     * @throws NanogptException if the folder cannot be written, or holds other weights that are not replaced
     */
    public void write(
            Architecture architecture,
            Optional<TransformerConfig> transformer,
            Tokenizer tokenizer,
            WeightFiles weights,
            About about) {
        new ModelFolderWriter(this).write(architecture, transformer, tokenizer, weights, about);
    }

    /** The version of the library, for example {@code 1.2.0}; {@code unknown} if the jar was repackaged without it. */
    public static String version() {
        return LibraryVersion.VALUE;
    }
}
