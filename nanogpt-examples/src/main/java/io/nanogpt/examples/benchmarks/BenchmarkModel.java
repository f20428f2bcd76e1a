package io.nanogpt.examples.benchmarks;

import io.nanogpt.accounting.Account;
import io.nanogpt.data.Corpus;
import io.nanogpt.examples.presets.StudyPresets;
import io.nanogpt.graph.Graph;
import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.impl.cpu.CpuBackend;
import io.nanogpt.impl.gguf.GgufMetadata;
import io.nanogpt.impl.graph.Gradients;
import io.nanogpt.impl.interop.GgufExport;
import io.nanogpt.impl.onnx.OnnxExporter;
import io.nanogpt.impl.tokenizer.format.GgufTokenizer;
import io.nanogpt.impl.zoo.Zoo;
import io.nanogpt.model.Activation;
import io.nanogpt.model.GgufType;
import io.nanogpt.model.LstmConfig;
import io.nanogpt.model.ModelConfig;
import io.nanogpt.model.Preset;
import io.nanogpt.model.TransformerConfig;
import io.nanogpt.onnx.OnnxExportOptions;
import io.nanogpt.spi.Backend;
import io.nanogpt.spi.BatchDecoder;
import io.nanogpt.spi.Decoder;
import io.nanogpt.spi.Executable;
import io.nanogpt.spi.ParameterStore;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizers;
import io.nanogpt.train.AdamW;
import io.nanogpt.train.ParameterGroups;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * A model with random weights and random tokens, of the sizes that {@code shared/peers/torch_gpt.py} trains, so that both
 * can be timed in turn.
 */
public final class BenchmarkModel implements AutoCloseable {
    /** Sizes of a model and its batch. */
    public enum Size {
        /** The caption notebook. */
        CAPTIONS(12, gpt(4, 4, 128, 64).vocabularySize(109).build()),
        /** Tiny Shakespeare. */
        SHAKESPEARE(
                32,
                gpt(4, 4, 64, 128)
                        .vocabularySize(65)
                        .activation(Activation.RELU)
                        .build()),
        /** The GPT of an algorithms course. */
        ALGOPATH(
                8,
                gpt(6, 6, 384, 256)
                        .vocabularySize(65)
                        .activation(Activation.RELU)
                        .build()),
        /** The transformer of a third homework. */
        HOMEWORK3(64, gpt(2, 1, 128, 50).vocabularySize(500).hiddenRatio(1).build()),
        /** GPT-2 with an untied head, one sequence a step. */
        GPT2(1, gpt(12, 12, 768, 256).vocabularySize(50_257).build()),
        /** The caption notebook on a GPU; {@code benchmarks/torch_gpu.py} trains this and the next. */
        CAPTIONS_GPU(64, Preset.CAPTIONS_GPU.config()),
        /** GPT-2 as it was published, four sequences of its context a step. */
        GPT2_SMALL(4, Preset.GPT2.config()),
        /** A recurrent model; {@code benchmarks/torch_lstm.py} trains the same. */
        LSTM(32, new LstmConfig(2, 512, 512, 64, 1_000)),
        /** The one-hot k-gram MLP of pico-llm, for benchmarks of generation. */
        K_GRAM_ONEHOT(1, StudyPresets.K_GRAM_ONEHOT.config()),
        /** The k-gram MLP of pico-llm on embeddings. */
        K_GRAM_EMBEDDING(1, StudyPresets.K_GRAM_EMBEDDING.config()),
        /** The k-gram MLP of pico-llm on a convolution. */
        K_GRAM_CONV(1, StudyPresets.K_GRAM_CONV.config()),
        /** The recurrent preset with GPT-2's vocabulary. */
        LSTM_LARGE(1, Preset.LSTM.config());

        private final int batch;

        // Every configuration is a record of records.
        @SuppressWarnings("ImmutableEnumChecker")
        private final ModelConfig config;

        Size(int batch, ModelConfig config) {
            this.batch = batch;
            this.config = config;
        }

        private static TransformerConfig.Builder gpt(int layers, int heads, int width, int context) {
            return TransformerConfig.builder()
                    .layers(layers)
                    .heads(heads)
                    .embeddingSize(width)
                    .contextLength(context);
        }

        /** The size with a name, in either case. */
        public static Size of(String name) {
            try {
                return valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "--preset must be one of "
                                + Arrays.toString(values())
                                        .toLowerCase(Locale.ROOT)
                                        .replace('_', '-') + ", but is " + name,
                        e);
            }
        }

        /** The configuration of the model. */
        public ModelConfig config() {
            return config;
        }

        /** Floating-point operations of a training step, as a thousand million. */
        double gigaFlopsPerStep() {
            return batch * (double) Account.of(config.architecture()).trainingFlops() / 1e9;
        }

        /** Tokens of a training step. */
        public int tokensPerStep() {
            return batch * config.contextLength();
        }
    }

    private static final ParameterGroups OPTIMIZER = ParameterGroups.of(AdamW.defaults());
    private static final float WEIGHT_DEVIATION = 0.02f;
    private static final long SEED = 1;
    private static final int BYTES = 256;

    private final Backend backend;
    private final Size size;
    private final ModelConfig config;
    private final Graph graph;
    private final ParameterStore parameters;
    private final List<Executable> executables = new ArrayList<>();
    private final List<Decoder> decoders = new ArrayList<>();

    private long steps;

    /** Allocates the model on a backend, which the caller closes after this. */
    public BenchmarkModel(Backend backend, Size size) {
        this(backend, size, size.config());
    }

    private BenchmarkModel(Backend backend, Size size, ModelConfig config) {
        this.backend = backend;
        this.size = size;
        this.config = config;
        graph = config.architecture().graph();
        parameters = backend instanceof CpuBackend cpu ? cpu.allocate(graph) : backend.allocate(graph.parameters());
        Random random = new Random(SEED);
        for (ParameterSpec spec : graph.parameters()) {
            float[] values = new float[spec.elements()];
            for (int i = 0; i < values.length; i++) {
                // Norms of one, so that activations are of the size that they have in training.
                float vector = spec.name().endsWith("bias") ? 0 : 1;
                values[i] = spec.isMatrix() ? (float) (WEIGHT_DEVIATION * random.nextGaussian()) : vector;
            }
            parameters.write(spec.name(), values);
        }
    }

    /**
     * A model of the same shape that llama.cpp has too: with its GELU, and at least the tokens of bytes.
     *
     * @throws IllegalArgumentException if the size is not that of a transformer
     */
    static BenchmarkModel ofLlama(Backend backend, Size size) {
        if (!(size.config() instanceof TransformerConfig transformer)) {
            throw new IllegalArgumentException("--gguf needs a --preset that is a transformer, but is "
                    + size.name().toLowerCase(Locale.ROOT).replace('_', '-'));
        }
        return new BenchmarkModel(
                backend,
                size,
                transformer.toBuilder()
                        .activation(Activation.GELU_TANH)
                        .vocabularySize(Math.max(BYTES, transformer.vocabularySize()))
                        .build());
    }

    /** The number of token ids. */
    int vocabularySize() {
        return config.vocabularySize();
    }

    /** A training step on random tokens, which can be run repeatedly. */
    public Runnable trainingStep() {
        Executable training =
                backend.compile(Gradients.training(graph), parameters, size.batch, size.config.contextLength());
        executables.add(training);
        int[] inputs = randomTokens(size.tokensPerStep());
        int[] targets = randomTokens(size.tokensPerStep());
        return () -> {
            steps++;
            training.input(Graph.TOKENS, inputs);
            training.input(Graph.TARGETS, targets);
            training.run(steps);
            parameters.update(OPTIMIZER, steps, 1, 1);
        };
    }

    /** A decoder with a cache of the context length, which is closed with this. */
    public Decoder decoder() {
        Decoder decoder = backend.decoder(graph, parameters, config.contextLength());
        decoders.add(decoder);
        return decoder;
    }

    /** A decoder of many sequences, if the backend has one, which the caller closes. */
    public Optional<BatchDecoder> batchDecoder() {
        return backend.batchDecoder(graph, parameters, config.contextLength());
    }

    /** Writes the model for ONNX Runtime. */
    void export(OnnxExportOptions options, Path folder) {
        OnnxExporter.write(config.architecture(), parameters, options, Map.of("nanogpt.version", "benchmark"), folder);
    }

    /** Writes a model {@linkplain #ofLlama of llama.cpp}, whose first tokens are the bytes. */
    void exportGguf(Path file) {
        GgufExport export = GgufExport.of((TransformerConfig) config, Zoo::create);
        GgufMetadata.Builder metadata = GgufMetadata.builder();
        export.describe(GgufType.F32, metadata);
        Tokenizer bytes = Tokenizers.byteLevelBpe().vocabularySize(BYTES).train(Corpus.ofText("a"));
        GgufTokenizer.write(bytes, config.vocabularySize(), Optional.empty(), metadata);
        export.write(file, parameters, GgufType.F32, metadata.build(file.toString()));
    }

    /** Closes the steps and decoders; the backend stays open. */
    @Override
    public void close() {
        executables.forEach(Executable::close);
        decoders.forEach(Decoder::close);
    }

    private int[] randomTokens(int count) {
        return new Random(SEED).ints(count, 0, size.config.vocabularySize()).toArray();
    }
}
