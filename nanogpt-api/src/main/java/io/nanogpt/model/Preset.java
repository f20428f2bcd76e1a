package io.nanogpt.model;

import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * A named model configuration to start from. The constants are the models that this library trains by default and the
 * published sizes; a custom preset is {@code new Preset("mine", config)}.
 *
 * @param name in lower case with hyphens, for example {@code gpt2-medium}
 * @param config the configuration, with the vocabulary of its source; {@link ModelConfig#withVocabularySize} fits it to
 *     a tokenizer
 */
public record Preset(String name, ModelConfig config) {
    /** nanoGPT as the caption notebook trains it on a CPU; the default model. */
    public static final Preset CAPTIONS =
            of("captions", TransformerConfig.builder().vocabularySize(109));

    /** nanoGPT as the caption notebook trains it on a GPU; the default model there. */
    public static final Preset CAPTIONS_GPU = of(
            "captions-gpu",
            TransformerConfig.builder()
                    .embeddingSize(256)
                    .contextLength(256)
                    .dropout(0.2f)
                    .vocabularySize(109));

    /** minGPT: 6 blocks, 6 heads, 384 wide, learned positions, tied head. */
    public static final Preset MIN_GPT = of("min-gpt", gpt2(6, 6, 384).contextLength(256));

    /** GPT-2 as published (Radford et al. 2019), 124 million parameters. */
    public static final Preset GPT2 = of("gpt2", gpt2(12, 12, 768));

    /** GPT-2, 355 million parameters. */
    public static final Preset GPT2_MEDIUM = of("gpt2-medium", gpt2(24, 16, 1024));

    /** GPT-2, 774 million parameters. */
    public static final Preset GPT2_LARGE = of("gpt2-large", gpt2(36, 20, 1280));

    /** GPT-2, 1.6 billion parameters. */
    public static final Preset GPT2_XL = of("gpt2-xl", gpt2(48, 25, 1600));

    /** A Llama of 15 million parameters, the size that llama2.c trains on TinyStories. */
    public static final Preset LLAMA = of(
            "llama",
            TransformerConfig.builder()
                    .layers(6)
                    .heads(6)
                    .embeddingSize(288)
                    .fused(false)
                    .activation(Activation.SWIGLU)
                    .norm(new NormConfig(NormConfig.Kind.RMS, 1e-5f, NormConfig.Placement.PRE))
                    .positions(new Positions.Rotary(10_000, false))
                    .biases(Biases.NONE)
                    .hiddenSize(768)
                    .contextLength(256)
                    .vocabularySize(32_000)
                    .tiedHead(true));

    /** An LSTM of two layers, 512 wide. */
    public static final Preset LSTM = new Preset("lstm", new LstmConfig(2, 512, 512, 64, 50_257));

    private static final List<Preset> ALL =
            List.of(CAPTIONS, CAPTIONS_GPU, MIN_GPT, GPT2, GPT2_MEDIUM, GPT2_LARGE, GPT2_XL, LLAMA, LSTM);

    /**
     * Creates a preset.
     *
     * @throws IllegalArgumentException if the name is blank
     */
    public Preset {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(config, "config");
        if (name.isBlank()) {
            throw new IllegalArgumentException("the name of a preset must not be blank");
        }
    }

    /** Returns the presets of this library, in the order of their constants. */
    public static List<Preset> all() {
        return ALL;
    }

    /**
     * Returns the preset of this library with a name, in either case.
     *
     * @throws IllegalArgumentException listing the names, if there is none
     */
    public static Preset of(String name) {
        return ALL.stream()
                .filter(preset -> preset.name.equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no preset is named " + name + "; the presets are "
                        + ALL.stream().map(Preset::name).collect(Collectors.joining(", "))));
    }

    /**
     * Returns a builder with the configuration of a transformer.
     *
     * @throws IllegalArgumentException if the configuration is of another architecture
     */
    public TransformerConfig.Builder transformer() {
        if (config instanceof TransformerConfig transformer) {
            return transformer.toBuilder();
        }
        throw new IllegalArgumentException("preset " + name + " is no transformer");
    }

    /** Returns the name. */
    @Override
    public String toString() {
        return name;
    }

    private static Preset of(String name, TransformerConfig.Builder config) {
        return new Preset(name, config.build());
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
}
