package io.nanogpt.model;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The models of the systems that this library stands in for, with the vocabulary sizes of their sources. */
public enum Preset {
    /** nanoGPT as the caption notebook trains it on a CPU. */
    CAPTIONS(TransformerConfig.builder().vocabularySize(109)),
    /** nanoGPT as the caption notebook trains it on a GPU. */
    CAPTIONS_GPU(TransformerConfig.builder()
            .embeddingSize(256)
            .contextLength(256)
            .dropout(0.2f)
            .vocabularySize(109)),
    /** The Tiny Shakespeare GPT of an algorithms course: ReLU, scale by the embedding size, a head with a bias. */
    ALGOPATH(TransformerConfig.builder()
            .layers(6)
            .heads(6)
            .embeddingSize(384)
            .contextLength(256)
            .vocabularySize(65)
            .fused(false)
            .scale(new AttentionScale.ByEmbeddingSize())
            .activation(Activation.RELU)
            .biases(new Biases(false, true, true, true))
            .dropout(0.2f)),
    /** The transformer of a third homework: one head, sinusoids, RMSNorm, an MLP as wide as the embedding. */
    TINY_TRANSFORMER(TransformerConfig.builder()
            .layers(2)
            .heads(1)
            .embeddingSize(128)
            .contextLength(50)
            .vocabularySize(500)
            .fused(false)
            .hiddenRatio(1)
            .norm(rms(1e-8f))
            .positions(new Positions.Sinusoidal())
            .biases(Biases.ALL_BUT_HEAD)
            .initialization(new Initialization.PyTorchDefault())),
    /** The TransformerLM of CS336 at the size for TinyStories: RoPE, RMSNorm, SwiGLU, no biases. */
    TRANSFORMER_LM(transformerLm(4, 16, 512).hiddenSize(1344).contextLength(256).vocabularySize(10_000)),
    /** {@link #TRANSFORMER_LM} without norms; it starts smaller, since nothing keeps its activations in bounds. */
    TRANSFORMER_LM_NO_NORM(TRANSFORMER_LM
            .transformer()
            .norm(new NormConfig(NormConfig.Kind.NONE, 1e-5f, NormConfig.Placement.PRE))
            .initialization(new Initialization.ScaledResidual(0.02f))),
    /** {@link #TRANSFORMER_LM} with norms behind the residual sums. */
    TRANSFORMER_LM_POST_NORM(
            TRANSFORMER_LM.transformer().norm(new NormConfig(NormConfig.Kind.RMS, 1e-5f, NormConfig.Placement.POST))),
    /** {@link #TRANSFORMER_LM} without positions. */
    TRANSFORMER_LM_NO_POSITIONS(TRANSFORMER_LM.transformer().positions(new Positions.None())),
    /** {@link #TRANSFORMER_LM} with SiLU in place of SwiGLU and the same number of parameters. */
    TRANSFORMER_LM_SILU(TRANSFORMER_LM.transformer().activation(Activation.SILU).hiddenSize(1344 * 3 / 2)),
    /** The TransformerLM of CS336 at the size of GPT-2 small, for accounting. */
    TRANSFORMER_LM_SMALL(transformerLm(12, 12, 768)),
    /** The TransformerLM of CS336 at the size of GPT-2 medium. */
    TRANSFORMER_LM_MEDIUM(transformerLm(24, 16, 1024)),
    /** The TransformerLM of CS336 at the size of GPT-2 large. */
    TRANSFORMER_LM_LARGE(transformerLm(36, 20, 1280)),
    /** The TransformerLM of CS336 at the size of GPT-2 XL. */
    TRANSFORMER_LM_XL(transformerLm(48, 25, 1600)),
    /** minGPT: 384 wide, 6 heads, 6 blocks, learned positions, tied. */
    MIN_GPT(gpt2(6, 6, 384).contextLength(256)),
    /** The GPT2-small of pico-llm: 768 wide, 12 heads, 8 blocks, tied. */
    GPT2_SMALL(gpt2(8, 12, 768)),
    /** The GPT-oss of pico-llm: 512 wide, 8 heads, 8 blocks, RoPE, SwiGLU. */
    GPT_OSS(llama(8, 8, 512).hiddenSize(2048).contextLength(1024).vocabularySize(50_257)),
    /** The Llama3-lite of pico-llm: 1024 wide, 16 heads that share 4 keys and values, 8 blocks. */
    LLAMA3_LITE(llama(8, 16, 1024)
            .keyValueHeads(4)
            .hiddenSize(8192)
            .positions(new Positions.Rotary(500_000, false))
            .contextLength(1024)
            .vocabularySize(50_257)),
    /** GPT-2 as it was published (Radford et al. 2019), 124 million parameters. */
    GPT2(gpt2(12, 12, 768)),
    /** GPT-2, 355 million parameters. */
    GPT2_MEDIUM(gpt2(24, 16, 1024)),
    /** GPT-2, 774 million parameters. */
    GPT2_LARGE(gpt2(36, 20, 1280)),
    /** GPT-2, 1.6 billion parameters. */
    GPT2_XL(gpt2(48, 25, 1600)),
    /** A Llama of 15 million parameters, the size that llama2.c trains on TinyStories. */
    LLAMA(llama(6, 6, 288)
            .hiddenSize(768)
            .contextLength(256)
            .vocabularySize(32_000)
            .tiedHead(true)),
    /** A recurrent model of two layers. */
    LSTM(new LstmConfig(2, 512, 512, 64, 50_257)),
    /** The k-gram MLP of pico-llm on one-hot vectors. */
    K_GRAM_ONEHOT(kGram(new KGramConfig.Input.OneHot())),
    /** The k-gram MLP of pico-llm on embeddings. */
    K_GRAM_EMBEDDING(kGram(new KGramConfig.Input.Embedding(1024))),
    /** The k-gram MLP of pico-llm on a convolution of embeddings. */
    K_GRAM_CONV(kGram(new KGramConfig.Input.Convolution(1024)));

    // Every configuration is a record of records.
    @SuppressWarnings("ImmutableEnumChecker")
    private final ModelConfig config;

    Preset(ModelConfig config) {
        this.config = config;
    }

    Preset(TransformerConfig.Builder builder) {
        this(builder.build());
    }

    /** The configuration, with the vocabulary of its source; {@link ModelConfig#withVocabularySize} fits it to a tokenizer. */
    public ModelConfig config() {
        return config;
    }

    /**
     * The configuration of a transformer, to be changed.
     *
     * @throws IllegalArgumentException if this is none
     */
    public TransformerConfig.Builder transformer() {
        if (config instanceof TransformerConfig transformer) {
            return transformer.toBuilder();
        }
        throw new IllegalArgumentException("preset " + this + " is no transformer");
    }

    /**
     * The preset of a name as {@link #toString} writes it, in either case.
     *
     * @throws IllegalArgumentException listing the names, if there is none
     */
    public static Preset of(String name) {
        for (Preset preset : values()) {
            if (preset.toString().equals(name.toLowerCase(Locale.ROOT))) {
                return preset;
            }
        }
        throw new IllegalArgumentException("no preset is named " + name + "; there are "
                + Arrays.stream(values()).map(Preset::toString).collect(Collectors.joining(", ")));
    }

    /** As the command line writes it, for example {@code transformer-lm}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static NormConfig rms(float epsilon) {
        return new NormConfig(NormConfig.Kind.RMS, epsilon, NormConfig.Placement.PRE);
    }

    private static TransformerConfig.Builder transformerLm(int layers, int heads, int width) {
        return TransformerConfig.builder()
                .layers(layers)
                .heads(heads)
                .embeddingSize(width)
                .contextLength(1024)
                .vocabularySize(50_257)
                .fused(false)
                .activation(Activation.SWIGLU)
                .norm(rms(1e-5f))
                .positions(new Positions.Rotary(10_000, true))
                .biases(Biases.NONE)
                .initialization(new Initialization.TruncatedNormal());
    }

    private static TransformerConfig.Builder gpt2(int layers, int heads, int width) {
        return TransformerConfig.builder()
                .layers(layers)
                .heads(heads)
                .embeddingSize(width)
                .contextLength(1024)
                .vocabularySize(50_257)
                .activation(Activation.GELU_TANH)
                .biases(Biases.ALL_BUT_HEAD)
                .tiedHead(true)
                .initialization(new Initialization.ScaledResidual(0.02f));
    }

    private static TransformerConfig.Builder llama(int layers, int heads, int width) {
        return TransformerConfig.builder()
                .layers(layers)
                .heads(heads)
                .embeddingSize(width)
                .fused(false)
                .activation(Activation.SWIGLU)
                .norm(rms(1e-5f))
                .positions(new Positions.Rotary(10_000, false))
                .biases(Biases.NONE);
    }

    private static KGramConfig kGram(KGramConfig.Input input) {
        return new KGramConfig(input, new KGramConfig.Context(3, 0, 64), 1, 1024, 50_257);
    }
}
