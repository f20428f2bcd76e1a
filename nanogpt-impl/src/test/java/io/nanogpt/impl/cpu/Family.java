package io.nanogpt.impl.cpu;

import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.impl.conformance.Fixtures;
import io.nanogpt.impl.interop.SafetensorsFile;
import io.nanogpt.impl.zoo.Zoo;
import io.nanogpt.model.Activation;
import io.nanogpt.model.Architecture;
import io.nanogpt.model.AttentionScale;
import io.nanogpt.model.Biases;
import io.nanogpt.model.KGramConfig;
import io.nanogpt.model.LstmConfig;
import io.nanogpt.model.ModelConfig;
import io.nanogpt.model.NgramTables;
import io.nanogpt.model.NormConfig;
import io.nanogpt.model.Positions;
import io.nanogpt.model.Refinements;
import io.nanogpt.model.TransformerConfig;
import io.nanogpt.spi.ParameterStore;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The models of the fixtures: what PyTorch computed for every family, under the names of its usual checkpoints. */
// Architectures and maps of the fixtures are never changed.
@SuppressWarnings("ImmutableEnumChecker")
public enum Family {
    CAPTIONS("captions", captions(), Map.of()),
    ALGOPATH(
            "algopath",
            captions()
                    .fused(false)
                    .scale(new AttentionScale.ByEmbeddingSize())
                    .activation(Activation.RELU)
                    .biases(new Biases(false, true, true, true)),
            Map.of(
                    "tok_emb", "token_embedding_table",
                    "pos_emb", "position_embedding_table",
                    "attn.proj", "sa.proj",
                    "mlp.fc", "ffwd.net.0",
                    "mlp.proj", "ffwd.net.2",
                    "head", "lm_head")),
    TINY_TRANSFORMER(
            "tiny-transformer",
            captions()
                    .heads(1)
                    .fused(false)
                    .hiddenRatio(1)
                    .norm(rms(1e-8f, NormConfig.Placement.PRE))
                    .positions(new Positions.Sinusoidal())
                    .biases(Biases.ALL_BUT_HEAD),
            Map.of(
                    "tok_emb", "token_emb",
                    "blocks.", "layers.",
                    "mlp.fc", "ffnn.0",
                    "mlp.proj", "ffnn.2",
                    "ln1.weight", "rms1.scale",
                    "ln2.weight", "rms2.scale",
                    "ln_f.weight", "rms_final.scale",
                    "head", "lm_head")),
    TRANSFORMER_LM("transformer-lm", transformerLm(), transformerLmNames()),
    TRANSFORMER_LM_POST_NORM(
            "transformer-lm-post-norm",
            transformerLm().norm(rms(1e-5f, NormConfig.Placement.POST)),
            transformerLmNames()),
    TRANSFORMER_LM_NO_NORM(
            "transformer-lm-no-norm",
            transformerLm().norm(new NormConfig(NormConfig.Kind.NONE, 1e-5f, NormConfig.Placement.PRE)),
            transformerLmNames()),
    TRANSFORMER_LM_NO_POSITIONS(
            "transformer-lm-no-positions", transformerLm().positions(new Positions.None()), transformerLmNames()),
    TRANSFORMER_LM_SILU(
            "transformer-lm-silu",
            transformerLm().activation(Activation.SILU),
            Map.of(
                    "tok_emb", "token_embeddings",
                    "blocks.", "layers.",
                    "attn.q", "attn.q_proj",
                    "attn.k", "attn.k_proj",
                    "attn.v", "attn.v_proj",
                    "attn.proj", "attn.output_proj",
                    "mlp.fc", "ffn.w1",
                    "mlp.proj", "ffn.w2",
                    "ln_f", "ln_final",
                    "head", "lm_head")),
    GPT2(
            "gpt2",
            captions()
                    .activation(Activation.GELU_TANH)
                    .biases(Biases.ALL_BUT_HEAD)
                    .tiedHead(true),
            Map.of(
                    "tok_emb", "wte",
                    "pos_emb", "wpe",
                    "blocks.", "h.",
                    "ln1", "ln_1",
                    "ln2", "ln_2",
                    "attn.qkv", "attn.c_attn",
                    "attn.proj", "attn.c_proj",
                    "mlp.fc", "mlp.c_fc",
                    "mlp.proj", "mlp.c_proj")),
    LLAMA("llama", llama().keyValueHeads(2), llamaNames()),
    LLAMA_WINDOW("llama-window", llama().keyValueHeads(1).window(5), llamaNames()),
    LSTM("lstm", new LstmConfig(2, 8, 16, 12, 29), Map.of()),
    K_GRAM_ONEHOT("k-gram-onehot", kGram(new KGramConfig.Input.OneHot()), Map.of()),
    K_GRAM_EMBEDDING("k-gram-embedding", kGram(new KGramConfig.Input.Embedding(8)), Map.of()),
    K_GRAM_CONV("k-gram-conv", kGram(new KGramConfig.Input.Convolution(8)), Map.of()),
    MODERN(
            "modern",
            modern().refinements(Refinements.NONE
                    .withQueryKeyNorm(true)
                    .withEmbeddingNorm(true)
                    .withConvolutionSize(4)
                    .withLogitCap(15)),
            Map.of()),
    MODERN_VALUES(
            "modern-values",
            modern().fused(false)
                    .keyValueHeads(2)
                    .refinements(Refinements.NONE.withInputMixing(true).withValueEmbeddings(List.of(1))),
            Map.of()),
    NGRAM_SUM("ngram-sum", captions().ngramTables(NgramTables.of(100, 2, 3, 5)), Map.of()),
    NGRAM_PROJECTION(
            "ngram-projection", captions().ngramTables(NgramTables.of(900, 2, 4).withWidth(4)), Map.of());

    public static final int BATCH = 3;
    public static final int LENGTH = 12;
    public static final int VOCABULARY = 29;
    static final int LAYERS = 2;
    static final int HEADS = 4;

    final String folder;
    public final Architecture architecture;
    /** From a part of our names to that of the checkpoint's. */
    private final Map<String, String> names;

    Family(String folder, ModelConfig config, Map<String, String> names) {
        this.folder = folder;
        this.architecture = Zoo.create(config);
        this.names = names;
    }

    Family(String folder, TransformerConfig.Builder config, Map<String, String> names) {
        this(folder, config.build(), names);
    }

    /** How many layers of attention the model has. */
    public int attentionLayers() {
        return this == LSTM || this == K_GRAM_ONEHOT || this == K_GRAM_EMBEDDING || this == K_GRAM_CONV ? 0 : LAYERS;
    }

    /** Loss and gradients of packed examples, of a family that has them. */
    public Optional<SafetensorsFile> packed() {
        return Set.of("CAPTIONS", "GPT2", "LLAMA", "LLAMA_WINDOW").contains(name())
                ? Optional.of(file("packed.safetensors"))
                : Optional.empty();
    }

    /** Logits of every layer and without some heads, of a family that has them. */
    public Optional<SafetensorsFile> inspection() {
        return attentionLayers() > 0
                        && !Set.of(
                                        "TINY_TRANSFORMER",
                                        "TRANSFORMER_LM",
                                        "TRANSFORMER_LM_NO_POSITIONS",
                                        "TRANSFORMER_LM_SILU",
                                        "NGRAM_SUM")
                                .contains(name())
                ? Optional.of(file("inspection.safetensors"))
                : Optional.empty();
    }

    public SafetensorsFile expected() {
        return file("expected.safetensors");
    }

    /** Writes the fixture's initial weights. */
    public void load(ParameterStore parameters) {
        try (SafetensorsFile initial = file("init.safetensors")) {
            for (ParameterSpec spec : parameters.specs()) {
                parameters.write(spec.name(), read(initial, "", spec));
            }
        }
    }

    /** What a fixture holds for one of our parameters: its weights, gradient or final weights, by the prefix. */
    public float[] read(SafetensorsFile file, String prefix, ParameterSpec spec) {
        if (this == ALGOPATH && spec.name().matches(".*attn\\.[qkv]\\.weight")) {
            return heads(file, prefix, spec);
        }
        float[] values = file.floats(prefix + theirs(spec.name()));
        boolean columnMajor = this == GPT2 && spec.name().startsWith("blocks.") && spec.isMatrix();
        return columnMajor ? transposed(values, spec) : values;
    }

    private String theirs(String name) {
        for (Map.Entry<String, String> entry : names.entrySet()) {
            // Whole parts of the name alone: "ln1" and not the "head" of "heads".
            name = name.replaceAll(
                    "(^|\\.)" + entry.getKey().replace(".", "\\.") + "(?=\\.|$|(?<=\\.))", "$1" + entry.getValue());
        }
        return name;
    }

    /** One matrix a head, below each other. */
    private static float[] heads(SafetensorsFile file, String prefix, ParameterSpec spec) {
        String[] parts = spec.name().split("\\.", -1);
        String matrix = Map.of("q", "query", "k", "key", "v", "value").get(parts[3]);
        float[] all = new float[spec.elements()];
        int size = all.length / HEADS;
        for (int head = 0; head < HEADS; head++) {
            String name = prefix + "blocks." + parts[1] + ".sa.heads." + head + "." + matrix + ".weight";
            System.arraycopy(file.floats(name), 0, all, head * size, size);
        }
        return all;
    }

    private static float[] transposed(float[] values, ParameterSpec spec) {
        int rows = spec.shape().size(0);
        int columns = spec.shape().size(1);
        float[] result = new float[values.length];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                result[row * columns + column] = values[column * rows + row];
            }
        }
        return result;
    }

    public static int[] ids(SafetensorsFile file, String name) {
        return Arrays.stream(file.longs(name)).mapToInt(Math::toIntExact).toArray();
    }

    private SafetensorsFile file(String name) {
        return Fixtures.open(folder + "/" + name);
    }

    private static TransformerConfig.Builder captions() {
        return TransformerConfig.builder()
                .layers(LAYERS)
                .heads(HEADS)
                .embeddingSize(16)
                .contextLength(LENGTH)
                .vocabularySize(VOCABULARY);
    }

    private static TransformerConfig.Builder transformerLm() {
        return captions()
                .fused(false)
                .activation(Activation.SWIGLU)
                .hiddenSize(48)
                .norm(rms(1e-5f, NormConfig.Placement.PRE))
                .positions(new Positions.Rotary(10_000, true))
                .biases(Biases.NONE);
    }

    private static TransformerConfig.Builder llama() {
        return transformerLm()
                .norm(rms(1e-6f, NormConfig.Placement.PRE))
                .positions(new Positions.Rotary(10_000, false));
    }

    private static TransformerConfig.Builder modern() {
        return captions()
                .activation(Activation.RELU_SQUARED)
                .norm(new NormConfig(NormConfig.Kind.RMS_UNWEIGHTED, 1e-6f, NormConfig.Placement.PRE))
                .positions(new Positions.Rotary(1_000, false))
                .biases(Biases.NONE);
    }

    private static NormConfig rms(float epsilon, NormConfig.Placement placement) {
        return new NormConfig(NormConfig.Kind.RMS, epsilon, placement);
    }

    private static KGramConfig kGram(KGramConfig.Input input) {
        return new KGramConfig(input, new KGramConfig.Context(3, -1, LENGTH), 2, 16, VOCABULARY);
    }

    private static Map<String, String> transformerLmNames() {
        return Map.ofEntries(
                Map.entry("tok_emb", "token_embeddings"),
                Map.entry("blocks.", "layers."),
                Map.entry("attn.q", "attn.q_proj"),
                Map.entry("attn.k", "attn.k_proj"),
                Map.entry("attn.v", "attn.v_proj"),
                Map.entry("attn.proj", "attn.output_proj"),
                Map.entry("mlp.gate", "ffn.w1"),
                Map.entry("mlp.proj", "ffn.w2"),
                Map.entry("mlp.fc", "ffn.w3"),
                Map.entry("ln_f", "ln_final"),
                Map.entry("head", "lm_head"));
    }

    private static Map<String, String> llamaNames() {
        return Map.ofEntries(
                Map.entry("tok_emb", "model.embed_tokens"),
                Map.entry("blocks.", "model.layers."),
                Map.entry("attn.q", "self_attn.q_proj"),
                Map.entry("attn.k", "self_attn.k_proj"),
                Map.entry("attn.v", "self_attn.v_proj"),
                Map.entry("attn.proj", "self_attn.o_proj"),
                Map.entry("mlp.gate", "mlp.gate_proj"),
                Map.entry("mlp.fc", "mlp.up_proj"),
                Map.entry("mlp.proj", "mlp.down_proj"),
                Map.entry("ln1", "input_layernorm"),
                Map.entry("ln2", "post_attention_layernorm"),
                Map.entry("ln_f", "model.norm"),
                Map.entry("head", "lm_head"));
    }
}
