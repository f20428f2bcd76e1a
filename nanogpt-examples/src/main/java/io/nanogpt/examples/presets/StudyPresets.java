package io.nanogpt.examples.presets;

import io.nanogpt.model.Activation;
import io.nanogpt.model.Biases;
import io.nanogpt.model.Initialization;
import io.nanogpt.model.KGramConfig;
import io.nanogpt.model.NormConfig;
import io.nanogpt.model.Positions;
import io.nanogpt.model.Preset;
import io.nanogpt.model.TransformerConfig;
import io.nanogpt.model.WeightsImportOptions.Layout;
import io.nanogpt.train.Recipe;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The models of the recipes, and those of the five systems, each with the vocabulary of its source. */
public final class StudyPresets {
    /** The model of {@link Recipe#MODERN}. */
    public static final Preset MODERN = of("modern", Recipe.MODERN);

    /** The model of {@link Recipe#MODERN_TABLES}. */
    public static final Preset MODERN_TABLES = of("modern-tables", Recipe.MODERN_TABLES);

    /** The model of {@link Recipe#TABLES}. */
    public static final Preset TABLES = of("tables", Recipe.TABLES);

    /** The Tiny Shakespeare GPT of an algorithms course: ReLU, scale by the embedding size, a head with a bias. */
    public static final Preset ALGOPATH = new Preset("algopath", Layout.ALGOPATH.config());

    /** The transformer of a third homework: one head, sinusoids, RMSNorm, an MLP as wide as the embedding. */
    public static final Preset TINY_TRANSFORMER = new Preset("tiny-transformer", Layout.TINY_TRANSFORMER.config());

    /** The TransformerLM of CS336 at the size for TinyStories: RoPE, RMSNorm, SwiGLU, no biases. */
    public static final Preset TRANSFORMER_LM = new Preset("transformer-lm", Layout.TRANSFORMER_LM.config());

    /** {@link #TRANSFORMER_LM} without norms; smaller initial weights keep its activations in bounds. */
    public static final Preset TRANSFORMER_LM_NO_NORM = of(
            "transformer-lm-no-norm",
            TRANSFORMER_LM
                    .transformer()
                    .norm(new NormConfig(NormConfig.Kind.NONE, 1e-5f, NormConfig.Placement.PRE))
                    .initialization(new Initialization.ScaledResidual(0.02f)));

    /** {@link #TRANSFORMER_LM} with norms after the residual sums. */
    public static final Preset TRANSFORMER_LM_POST_NORM = of(
            "transformer-lm-post-norm",
            TRANSFORMER_LM.transformer().norm(new NormConfig(NormConfig.Kind.RMS, 1e-5f, NormConfig.Placement.POST)));

    /** {@link #TRANSFORMER_LM} without positions. */
    public static final Preset TRANSFORMER_LM_NO_POSITIONS =
            of("transformer-lm-no-positions", TRANSFORMER_LM.transformer().positions(new Positions.None()));

    /** {@link #TRANSFORMER_LM} with SiLU in place of SwiGLU and the same number of parameters. */
    public static final Preset TRANSFORMER_LM_SILU = of(
            "transformer-lm-silu",
            TRANSFORMER_LM.transformer().activation(Activation.SILU).hiddenSize(1344 * 3 / 2));

    /** The TransformerLM of CS336 at the size of GPT-2 small, for accounting. */
    public static final Preset TRANSFORMER_LM_SMALL = transformerLm("small", 12, 12, 768);

    /** The TransformerLM of CS336 at the size of GPT-2 medium. */
    public static final Preset TRANSFORMER_LM_MEDIUM = transformerLm("medium", 24, 16, 1024);

    /** The TransformerLM of CS336 at the size of GPT-2 large. */
    public static final Preset TRANSFORMER_LM_LARGE = transformerLm("large", 36, 20, 1280);

    /** The TransformerLM of CS336 at the size of GPT-2 XL. */
    public static final Preset TRANSFORMER_LM_XL = transformerLm("xl", 48, 25, 1600);

    /** The GPT2-small of pico-llm: 768 wide, 12 heads, 8 blocks, tied. */
    public static final Preset GPT2_SMALL =
            of("gpt2-small", Preset.GPT2.transformer().layers(8));

    /** The GPT-oss of pico-llm: 512 wide, 8 heads, 8 blocks, RoPE, SwiGLU. */
    public static final Preset GPT_OSS = of("gpt-oss", llama(8, 8, 512).hiddenSize(2048));

    /** The Llama3-lite of pico-llm: 1024 wide, 16 heads that share 4 keys and values, 8 blocks. */
    public static final Preset LLAMA3_LITE = of(
            "llama3-lite",
            llama(8, 16, 1024).keyValueHeads(4).hiddenSize(8192).positions(new Positions.Rotary(500_000, false)));

    /** The k-gram MLP of pico-llm on one-hot vectors. */
    public static final Preset K_GRAM_ONEHOT = kGram("k-gram-onehot", new KGramConfig.Input.OneHot());

    /** The k-gram MLP of pico-llm on embeddings. */
    public static final Preset K_GRAM_EMBEDDING = kGram("k-gram-embedding", new KGramConfig.Input.Embedding(1024));

    /** The k-gram MLP of pico-llm on a convolution of embeddings. */
    public static final Preset K_GRAM_CONV = kGram("k-gram-conv", new KGramConfig.Input.Convolution(1024));

    private static final List<Preset> STUDIES = List.of(
            MODERN,
            MODERN_TABLES,
            TABLES,
            ALGOPATH,
            TINY_TRANSFORMER,
            TRANSFORMER_LM,
            TRANSFORMER_LM_NO_NORM,
            TRANSFORMER_LM_POST_NORM,
            TRANSFORMER_LM_NO_POSITIONS,
            TRANSFORMER_LM_SILU,
            TRANSFORMER_LM_SMALL,
            TRANSFORMER_LM_MEDIUM,
            TRANSFORMER_LM_LARGE,
            TRANSFORMER_LM_XL,
            GPT2_SMALL,
            GPT_OSS,
            LLAMA3_LITE,
            K_GRAM_ONEHOT,
            K_GRAM_EMBEDDING,
            K_GRAM_CONV);

    private StudyPresets() {}

    /** The presets of the library, then those of the recipes and the studies. */
    public static List<Preset> all() {
        return Stream.concat(Preset.all().stream(), STUDIES.stream()).toList();
    }

    /**
     * The preset of the library or of a study with a name, in either case.
     *
     * @throws IllegalArgumentException listing the names, if there is none
     */
    public static Preset of(String name) {
        return all().stream()
                .filter(preset -> preset.name().equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no preset is named " + name + "; the presets are "
                        + all().stream().map(Preset::name).collect(Collectors.joining(", "))));
    }

    private static Preset of(String name, Recipe recipe) {
        return new Preset(
                name, recipe.model().withVocabularySize(Preset.CAPTIONS.config().vocabularySize()));
    }

    private static Preset of(String name, TransformerConfig.Builder config) {
        return new Preset(name, config.build());
    }

    private static Preset transformerLm(String size, int layers, int heads, int width) {
        return of(
                "transformer-lm-" + size,
                TransformerConfig.builder()
                        .layers(layers)
                        .heads(heads)
                        .embeddingSize(width)
                        .contextLength(1024)
                        .vocabularySize(50_257)
                        .fused(false)
                        .activation(Activation.SWIGLU)
                        .norm(new NormConfig(NormConfig.Kind.RMS, 1e-5f, NormConfig.Placement.PRE))
                        .positions(new Positions.Rotary(10_000, true))
                        .biases(Biases.NONE)
                        .initialization(new Initialization.TruncatedNormal()));
    }

    private static TransformerConfig.Builder llama(int layers, int heads, int width) {
        return TransformerConfig.builder()
                .layers(layers)
                .heads(heads)
                .embeddingSize(width)
                .fused(false)
                .activation(Activation.SWIGLU)
                .norm(new NormConfig(NormConfig.Kind.RMS, 1e-5f, NormConfig.Placement.PRE))
                .positions(new Positions.Rotary(10_000, false))
                .biases(Biases.NONE)
                .contextLength(1024)
                .vocabularySize(50_257);
    }

    private static Preset kGram(String name, KGramConfig.Input input) {
        return new Preset(name, new KGramConfig(input, new KGramConfig.Context(3, 0, 64), 1, 1024, 50_257));
    }
}
