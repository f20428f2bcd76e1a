package io.nanogpt.impl.runtime;

import io.nanogpt.NanogptException;
import io.nanogpt.backend.Compute;
import io.nanogpt.generate.AttentionMaps;
import io.nanogpt.generate.Evaluation;
import io.nanogpt.impl.cpu.CpuBackend;
import io.nanogpt.impl.gguf.GgufMetadata;
import io.nanogpt.impl.graph.Inference;
import io.nanogpt.impl.inspect.ContextEnd;
import io.nanogpt.impl.inspect.DecodedInspection;
import io.nanogpt.impl.inspect.InspectedModel;
import io.nanogpt.impl.inspect.explorer.ExplorerFolder;
import io.nanogpt.impl.interop.GgufExport;
import io.nanogpt.impl.interop.ModelFolder;
import io.nanogpt.impl.onnx.OnnxBackend;
import io.nanogpt.impl.onnx.OnnxExporter;
import io.nanogpt.impl.tokenizer.format.GgufTokenizer;
import io.nanogpt.impl.zoo.Zoo;
import io.nanogpt.inspect.Inspection;
import io.nanogpt.model.Architecture;
import io.nanogpt.model.GgufType;
import io.nanogpt.model.WeightPrecision;
import io.nanogpt.onnx.OnnxExportOptions;
import io.nanogpt.onnx.OnnxReport;
import io.nanogpt.spi.Backend;
import io.nanogpt.spi.ParameterStore;
import io.nanogpt.tokenizer.Tokenizer;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A model whose weights are in the store of a backend. The weights are constant, so calls may run concurrently;
 * evaluations are serialized.
 */
final class BackendLanguageModel extends DecodingLanguageModel {
    private static final String EXPORTED = "a model loaded from ONNX gives its logits alone; load the model that it was"
            + " exported from with LanguageModel.load";

    private final Backend backend;
    private final ParameterStore parameters;
    private final LossEvaluator lossEvaluator;
    private final InspectedModel inspected;
    private final TextEmbedder textEmbedder;

    /** Takes ownership of the backend. */
    BackendLanguageModel(
            Architecture architecture,
            Tokenizer tokenizer,
            Backend backend,
            ParameterStore parameters,
            ModelFolder.About about) {
        super(
                architecture,
                tokenizer,
                about,
                () -> backend.decoder(Inference.of(architecture.graph()), parameters, architecture.contextLength()),
                () -> backend.batchDecoder(
                        Inference.of(architecture.graph()), parameters, architecture.contextLength()));
        this.backend = backend;
        this.parameters = parameters;
        lossEvaluator = new LossEvaluator(architecture, backend, parameters);
        inspected = new InspectedModel(architecture, tokenizer, backend, parameters, this::alone);
        textEmbedder = new TextEmbedder(architecture, backend, parameters);
    }

    /**
     * Applies an action to the weights and what describes them.
     *
     * @throws IllegalArgumentException if the weights cannot be read
     */
    <R> R read(Function<BaseModel, R> action) {
        BaseModel.requireWeights(backend);
        requireWeightsOfFile("adapted or trained further");
        return whileOpen(() -> action.apply(base()));
    }

    /** Refuses what needs more of the weights than is kept of them. */
    private void requireWeightsOfFile(String purpose) {
        if (backend instanceof CpuBackend cpu && cpu.precision() != WeightPrecision.F32) {
            throw new IllegalArgumentException("the weights of this model were rounded to "
                    + cpu.precision().name().toLowerCase(Locale.ROOT) + " when it was loaded, so that it cannot be "
                    + purpose + "; load it in f32 for that");
        }
    }

    private BaseModel base() {
        return new BaseModel(architecture(), tokenizer(), about(), parameters);
    }

    @Override
    public Compute compute() {
        return backend.compute();
    }

    @Override
    public AttentionMaps attention(String text) {
        Objects.requireNonNull(text, "text");
        return inspection(tokenizer().encode(text)).attention();
    }

    @Override
    Inspection inspection(int[] ids) {
        return backend instanceof OnnxBackend
                ? new DecodedInspection(ContextEnd.of(ids, architecture()), tokenizer(), this::logitsOfEach, EXPORTED)
                : inspected.inspect(ids);
    }

    /** Writes the page of a folder. */
    void writeExplorer(String name, Path folder) {
        if (backend instanceof OnnxBackend) {
            throw new UnsupportedOperationException(EXPORTED);
        }
        whileOpen(() -> {
            BaseModel merged = base().merged();
            new ExplorerFolder(this, parameters)
                    .write(
                            name,
                            folder,
                            data -> OnnxExporter.writeInspection(merged.architecture(), merged.weights(), data));
            return folder;
        });
    }

    private <R> R alone(Supplier<R> action) {
        return whileOpen(() -> {
            // Evaluations run executables of the same store.
            synchronized (lossEvaluator) {
                return action.get();
            }
        });
    }

    @Override
    public List<float[]> embed(List<String> texts) {
        Objects.requireNonNull(texts, "texts");
        return whileOpen(() -> {
            List<int[]> ids = texts.stream().map(tokenizer()::encode).toList();
            // Evaluations run executables of the same store.
            synchronized (lossEvaluator) {
                return textEmbedder.embed(ids);
            }
        });
    }

    @Override
    public Evaluation evaluate(String text) {
        Objects.requireNonNull(text, "text");
        return whileOpen(() -> {
            int[] ids = tokenizer().encode(text);
            return of(text, ids, lossEvaluator.measure(ids));
        });
    }

    @Override
    public Evaluation evaluate(String text, int batches, long seed) {
        Objects.requireNonNull(text, "text");
        return whileOpen(() -> {
            int[] ids = tokenizer().encode(text);
            return of(text, ids, lossEvaluator.measure(ids, batches, seed));
        });
    }

    @Override
    public void save(Path folder) {
        requireWeightsOfFile("saved");
        whileOpen(() -> {
            BaseModel merged = base().merged();
            new ModelFolder(folder)
                    .write(
                            merged.architecture(),
                            Zoo.transformer(merged.architecture()),
                            tokenizer(),
                            merged.weights(),
                            about());
            return folder;
        });
    }

    @Override
    public OnnxReport exportOnnx(Path folder, OnnxExportOptions options) {
        Objects.requireNonNull(folder, "folder");
        Objects.requireNonNull(options, "options");
        requireWeightsOfFile("exported");
        OnnxBackend.requireRuntime();
        return decode(decoder -> {
            BaseModel merged = base().merged();
            VerifiedOnnxExport weights = new VerifiedOnnxExport(
                    new VerifiedOnnxExport.Source(merged.architecture(), merged.weights(), decoder, lossEvaluator),
                    tokenizer(),
                    options);
            new ModelFolder(folder)
                    .write(
                            merged.architecture(),
                            Zoo.transformer(merged.architecture()),
                            tokenizer(),
                            weights,
                            about());
            return weights.report();
        });
    }

    @Override
    public void exportGguf(Path file, GgufType type) {
        Objects.requireNonNull(file, "file");
        Objects.requireNonNull(type, "type");
        requireWeightsOfFile("exported");
        whileOpen(() -> {
            GgufExport export = GgufExport.of(
                    Zoo.transformer(architecture())
                            .orElseThrow(() -> new NanogptException("llama.cpp has no model of the kind "
                                    + architecture().kind() + ", so it cannot be exported as GGUF; export it as ONNX")),
                    Zoo::create);
            GgufMetadata.Builder metadata = GgufMetadata.builder();
            export.describe(type, metadata);
            GgufTokenizer.write(
                    tokenizer(),
                    architecture().vocabularySize(),
                    about().ends(tokenizer()).stream().findFirst(),
                    metadata);
            about().chatTemplate().ifPresent(template -> template.write(metadata));
            try {
                export.write(file, parameters, type, metadata.build(file.toString()));
            } catch (UncheckedIOException e) {
                throw new NanogptException(String.valueOf(e.getMessage()), e);
            }
            return file;
        });
    }

    @Override
    void free() {
        try (backend) {
            textEmbedder.close();
            lossEvaluator.close();
        }
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%s with %,d parameters, a context of %,d tokens and a vocabulary of %,d (%s), on %s",
                architecture().kind(),
                architecture().graph().parameterCount(),
                architecture().contextLength(),
                architecture().vocabularySize(),
                tokenizer().getClass().getSimpleName(),
                backend.name());
    }
}
