package io.nanogpt.impl.interop;

import static io.nanogpt.impl.interop.NameTable.Module.same;

import io.nanogpt.impl.gguf.GgufMetadata;
import io.nanogpt.model.Activation;
import io.nanogpt.model.AttentionScale;
import io.nanogpt.model.Biases;
import io.nanogpt.model.NormConfig;
import io.nanogpt.model.Positions;
import io.nanogpt.model.Refinements;
import io.nanogpt.model.RotaryScaling;
import io.nanogpt.model.TransformerConfig;
import io.nanogpt.model.Variations;
import io.nanogpt.model.Variations.QueryKeyNorm;
import io.nanogpt.model.Variations.Residual;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The architectures of llama.cpp that this library writes to GGUF files and reads. */
enum GgufFamily {
    GPT2,
    LLAMA,
    QWEN2,
    QWEN3,
    SMOLLM3,
    OLMO2,
    GEMMA,
    GEMMA2,
    GEMMA3,
    STABLELM,
    PHI2,
    GPTNEOX;

    /** The window of Gemma 2 where the file has none. */
    private static final int DEFAULT_WINDOW = 4096;

    /** Tensors that repeat what the metadata say. */
    private static final Set<String> IGNORED = Set.of(GgufKeys.DIVISORS, "blk.{i}.attn_rot_embd.weight");

    /** The name in llama.cpp. */
    String architecture() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<GgufFamily> named(String architecture) {
        return Arrays.stream(values())
                .filter(family -> family.architecture().equals(architecture))
                .findFirst();
    }

    /** The names of all, for a message. */
    static String known() {
        return Arrays.stream(values()).map(GgufFamily::architecture).collect(Collectors.joining(", "));
    }

    /** The family that is most like a model; only if reading what it writes gives the same, the model belongs to it. */
    static GgufFamily nearest(TransformerConfig config) {
        if (config.positions().kind() != Positions.Kind.ROTARY) {
            return GPT2;
        }
        if (!config.mlp().activation().isGated()) {
            return config.variations().residual() == Residual.PARALLEL_ONE_NORM ? PHI2 : GPTNEOX;
        }
        if (config.norm().kind() == NormConfig.Kind.LAYER) {
            return STABLELM;
        }
        if (config.norm().placement() == NormConfig.Placement.OUTPUT) {
            return OLMO2;
        }
        if (config.variations().embeddingScale() != 1) {
            boolean twice = config.norm().placement() == NormConfig.Placement.PRE_AND_OUTPUT;
            return !twice ? GEMMA : config.variations().queryKeyNorm() == QueryKeyNorm.NONE ? GEMMA2 : GEMMA3;
        }
        if (config.variations().queryKeyNorm() != QueryKeyNorm.NONE) {
            return QWEN3;
        }
        if (!config.variations().unrotated().isEmpty()) {
            return SMOLLM3;
        }
        return config.biases().equals(new Biases(true, false, false, false)) ? QWEN2 : LLAMA;
    }

    /**
     * A model that computes the same and is as this family reads it, where there is one: without what only training needs,
     * with absent biases as zeros, and with features of heads in the order of transformers.
     */
    TransformerConfig normalized(TransformerConfig config) {
        TransformerConfig.Builder builder = config.toBuilder()
                .dropout(0)
                .initialization(
                        TransformerConfig.builder().vocabularySize(1).build().initialization());
        if (isFused() && !config.biases().head()) {
            builder.biases(Biases.ALL_BUT_HEAD);
        } else if (this == PHI2) {
            builder.biases(new Biases(true, true, true, true));
        }
        if (config.attention().keyValueHeads() == config.attention().heads() || !isFused()) {
            builder.fused(isFused());
        }
        if (config.positions() instanceof Positions.Rotary rotary) {
            int turned = rotary.turned(config.headSize());
            builder.positions(new Positions.Rotary(
                    rotary.theta(),
                    rotary.interleaved() && !isPaired(),
                    (double) turned / config.headSize(),
                    normalized(rotary, turned, config.contextLength())));
        }
        return builder.build();
    }

    /** Whether queries, keys and values are one matrix. */
    private boolean isFused() {
        return this == GPT2 || this == GPTNEOX;
    }

    /** Whether llama.cpp has the rotated features of queries and keys in pairs. */
    private boolean isPaired() {
        return this == LLAMA || this == SMOLLM3;
    }

    private boolean isGemma() {
        return this == GEMMA || hasWindows();
    }

    /** Whether some layers have a window, and norms stand before and after each layer. */
    private boolean hasWindows() {
        return this == GEMMA2 || this == GEMMA3;
    }

    private boolean hasLayerNorm() {
        return isFused() || this == STABLELM || this == PHI2;
    }

    /** The scaling of Llama 3, or one without a factor of its own, as a divisor of each frequency. */
    private static RotaryScaling normalized(Positions.Rotary rotary, int turned, int contextLength) {
        boolean divides = rotary.scaling() instanceof RotaryScaling.Llama3
                || (rotary.scaling() instanceof RotaryScaling.LongRope scaling && scaling.factor() == 1);
        if (!divides) {
            return rotary.scaling();
        }
        List<Double> plain = new RotaryScaling.None().frequencies(rotary.theta(), turned);
        List<Double> scaled = rotary.scaling().frequencies(rotary.theta(), turned, contextLength);
        List<Double> divisors = new ArrayList<>();
        for (int i = 0; i < plain.size(); i++) {
            divisors.add((double) (float) (plain.get(i) / scaled.get(i)));
        }
        return new RotaryScaling.LongRope(divisors, divisors, 1, contextLength);
    }

    /** The tensors' names and forms. */
    NameTable names(TransformerConfig config) {
        boolean parallel = config.variations().residual() == Residual.PARALLEL_ONE_NORM;
        List<NameTable.Module> modules = new ArrayList<>(List.of(
                same("tok_emb", "token_embd"),
                same("pos_emb", "position_embd"),
                same("blocks.{i}.ln1", this == OLMO2 ? "blk.{i}.post_attention_norm" : "blk.{i}.attn_norm"),
                same("blocks.{i}.ln1_out", "blk.{i}.post_attention_norm"),
                same("blocks.{i}.ln2_out", "blk.{i}.post_ffw_norm"),
                same("blocks.{i}.attn.qkv", "blk.{i}.attn_qkv"),
                new NameTable.Module("blocks.{i}.attn.q", "blk.{i}.attn_q", paired(config)),
                new NameTable.Module("blocks.{i}.attn.k", "blk.{i}.attn_k", paired(config)),
                same("blocks.{i}.attn.v", "blk.{i}.attn_v"),
                same("blocks.{i}.attn.q_norm", "blk.{i}.attn_q_norm"),
                same("blocks.{i}.attn.k_norm", "blk.{i}.attn_k_norm"),
                same("blocks.{i}.attn.proj", "blk.{i}.attn_output"),
                same("blocks.{i}.mlp.gate", "blk.{i}.ffn_gate"),
                same("blocks.{i}.mlp.fc", "blk.{i}.ffn_up"),
                same("blocks.{i}.mlp.proj", "blk.{i}.ffn_down"),
                same("ln_f", "output_norm"),
                same("head", "output")));
        if (!parallel) {
            modules.add(same("blocks.{i}.ln2", this == OLMO2 ? "blk.{i}.post_ffw_norm" : "blk.{i}.ffn_norm"));
        }
        return new NameTable(modules, IGNORED);
    }

    private TensorForm paired(TransformerConfig config) {
        return isPaired() && config.positions() instanceof Positions.Rotary rotary && !rotary.interleaved()
                ? new TensorForm.PairedRotary(config.headSize(), rotary.turned(config.headSize()))
                : new TensorForm.Same();
    }

    /** Adds the metadata of a model that is like this family. */
    void write(TransformerConfig config, GgufMetadata.Builder to) {
        GgufKeys.writeSizes(architecture(), config, to);
        String prefix = architecture() + ".";
        to.put(
                prefix + (hasLayerNorm() ? GgufKeys.EPSILON : GgufKeys.RMS_EPSILON),
                config.norm().epsilon());
        if (this != GPT2 && config.positions().kind() == Positions.Kind.ROTARY) {
            GgufKeys.writeRotary(architecture(), config, to);
        }
        if (this == STABLELM || this == GPTNEOX) {
            to.put(prefix + GgufKeys.PARALLEL, config.variations().residual() != Residual.SEQUENTIAL);
        }
        if (hasWindows()) {
            writeWindows(config, to);
        }
    }

    /** Without a limit there is no key: llama.cpp divides by it. */
    private void writeWindows(TransformerConfig config, GgufMetadata.Builder to) {
        String prefix = architecture() + ".";
        to.put(prefix + GgufKeys.WINDOW, HubBase.window(config));
        if (this == GEMMA3) {
            config.variations()
                    .windowPositions()
                    .ifPresent(positions -> to.put(prefix + GgufKeys.WINDOW_THETA, (float) positions.theta()));
            return;
        }
        if (config.variations().attentionCap() > 0) {
            to.put(prefix + GgufKeys.ATTENTION_CAP, config.variations().attentionCap());
        }
        if (config.refinements().logitCap() > 0) {
            to.put(prefix + GgufKeys.LOGIT_CAP, config.refinements().logitCap());
        }
    }

    /** The configuration of a file. */
    TransformerConfig read(GgufKeys keys) {
        TransformerConfig.Builder config =
                keys.sizes().fused(isFused()).biases(biases(keys)).norm(norm(keys));
        if (this != GPT2) {
            config.positions(keys.rotary());
        }
        // What llama.cpp requires, or does not read.
        switch (this) {
            case GEMMA, GEMMA2 -> config.tiedHead(true);
            case OLMO2, STABLELM, PHI2, GPTNEOX -> config.tiedHead(false);
            case GPT2, LLAMA, QWEN2, QWEN3, SMOLLM3, GEMMA3 -> {}
        }
        switch (this) {
            case GPT2, PHI2, GPTNEOX -> config.activation(Activation.GELU_TANH);
            case LLAMA, QWEN2, QWEN3, SMOLLM3, OLMO2, STABLELM -> config.activation(Activation.SWIGLU);
            case GEMMA, GEMMA2, GEMMA3 -> config.activation(Activation.GEGLU_TANH);
        }
        Variations variations = Variations.NONE
                .withHeadSize(isFused() || this == OLMO2 ? 0 : keys.headSize())
                .withQueryKeyNorm(queryKeyNorm())
                .withResidual(residual(keys))
                .withUnrotated(this == SMOLLM3 ? everyFourth(keys.size(GgufKeys.LAYERS)) : List.of());
        if (isGemma()) {
            variations = variations.withEmbeddingScale((float) Math.sqrt(keys.size(GgufKeys.WIDTH)));
        }
        return hasWindows()
                ? windowed(keys, config, variations)
                : config.variations(variations).build();
    }

    /** As Gemma 2 and 3: of so many layers all but the last have a window, and the largest model has a scale of its own. */
    private TransformerConfig windowed(GgufKeys keys, TransformerConfig.Builder config, Variations given) {
        int layers = keys.size(GgufKeys.LAYERS);
        int window = keys.size(GgufKeys.WINDOW, DEFAULT_WINDOW);
        int pattern = keys.size(GgufKeys.WINDOW_PATTERN, this == GEMMA2 ? 2 : 6);
        List<Integer> windows = IntStream.range(0, layers)
                .mapToObj(layer -> (layer + 1) % pattern == 0 ? 0 : window)
                .toList();
        Variations variations = given.withWindows(HubBase.different(windows));
        double theta = keys.number(GgufKeys.THETA, 10_000);
        double near = keys.number(GgufKeys.WINDOW_THETA, this == GEMMA2 ? theta : 10_000);
        Positions.Rotary local = new Positions.Rotary(near, false, keys.rotary().share(), new RotaryScaling.None());
        if (!local.equals(keys.rotary())) {
            variations = variations.withWindowPositions(local);
        }
        if (this == GEMMA2) {
            variations = variations.withAttentionCap((float) keys.number(GgufKeys.ATTENTION_CAP, 50));
            config.refinements(Refinements.NONE.withLogitCap((float) keys.number(GgufKeys.LOGIT_CAP, 30)));
        }
        if (layers == (this == GEMMA2 ? 46 : 62)) {
            int share = keys.size(GgufKeys.WIDTH) / keys.size(GgufKeys.HEADS);
            config.scale(new AttentionScale.Fixed((float) (1 / Math.sqrt(share))));
        }
        return config.window(HubBase.common(windows)).variations(variations).build();
    }

    private static List<Integer> everyFourth(int layers) {
        return IntStream.range(0, layers)
                .filter(layer -> (layer + 1) % 4 == 0)
                .boxed()
                .toList();
    }

    private QueryKeyNorm queryKeyNorm() {
        return switch (this) {
            case QWEN3, GEMMA3 -> QueryKeyNorm.HEADS;
            case OLMO2 -> QueryKeyNorm.ALL;
            case GPT2, LLAMA, QWEN2, SMOLLM3, GEMMA, GEMMA2, STABLELM, PHI2, GPTNEOX -> QueryKeyNorm.NONE;
        };
    }

    private Residual residual(GgufKeys keys) {
        return switch (this) {
            case STABLELM -> keys.hasTensor("blk.0.ffn_norm.weight") ? Residual.SEQUENTIAL : Residual.PARALLEL_ONE_NORM;
            case PHI2 -> Residual.PARALLEL_ONE_NORM;
            case GPTNEOX -> keys.flag(GgufKeys.PARALLEL, true) ? Residual.PARALLEL : Residual.SEQUENTIAL;
            case GPT2, LLAMA, QWEN2, QWEN3, SMOLLM3, OLMO2, GEMMA, GEMMA2, GEMMA3 -> Residual.SEQUENTIAL;
        };
    }

    private NormConfig norm(GgufKeys keys) {
        NormConfig.Placement placement = this == OLMO2
                ? NormConfig.Placement.OUTPUT
                : hasWindows() ? NormConfig.Placement.PRE_AND_OUTPUT : NormConfig.Placement.PRE;
        return hasLayerNorm()
                ? new NormConfig(NormConfig.Kind.LAYER, (float) keys.number(GgufKeys.EPSILON, 1e-5), placement)
                : new NormConfig(NormConfig.Kind.RMS, (float) keys.number(GgufKeys.RMS_EPSILON, 1e-6), placement);
    }

    /** The biases that the first block has, of those that llama.cpp reads. */
    private Biases biases(GgufKeys keys) {
        boolean all = isFused() || this == LLAMA || this == PHI2;
        boolean queries = all || this == QWEN2 || this == STABLELM;
        return new Biases(
                queries && (keys.hasTensor("blk.0.attn_q.bias") || keys.hasTensor("blk.0.attn_qkv.bias")),
                all && keys.hasTensor("blk.0.attn_output.bias"),
                all && keys.hasTensor("blk.0.ffn_up.bias"),
                this == PHI2 && keys.hasTensor("output.bias"));
    }
}
