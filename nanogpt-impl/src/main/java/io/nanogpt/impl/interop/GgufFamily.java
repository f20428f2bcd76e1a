package io.nanogpt.impl.interop;

import static io.nanogpt.impl.interop.NameTable.Module.same;

import io.nanogpt.impl.gguf.GgufMetadata;
import io.nanogpt.model.Activation;
import io.nanogpt.model.Biases;
import io.nanogpt.model.NormConfig;
import io.nanogpt.model.Positions;
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

/** The architectures of llama.cpp that this library writes to GGUF files and reads. */
enum GgufFamily {
    GPT2,
    LLAMA,
    QWEN2,
    QWEN3,
    GEMMA,
    STABLELM,
    PHI2;

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
            return PHI2;
        }
        if (config.norm().kind() == NormConfig.Kind.LAYER) {
            return STABLELM;
        }
        if (config.variations().queryKeyNorm() != QueryKeyNorm.NONE) {
            return QWEN3;
        }
        if (config.variations().embeddingScale() != 1) {
            return GEMMA;
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
        if (this == GPT2 && !config.biases().head()) {
            builder.biases(Biases.ALL_BUT_HEAD);
        } else if (this == PHI2) {
            builder.biases(new Biases(true, true, true, true));
        }
        if (config.attention().keyValueHeads() == config.attention().heads() || this != GPT2) {
            builder.fused(this == GPT2);
        }
        if (config.positions() instanceof Positions.Rotary rotary) {
            int turned = rotary.turned(config.headSize());
            builder.positions(new Positions.Rotary(
                    rotary.theta(),
                    rotary.interleaved() && this != LLAMA,
                    (double) turned / config.headSize(),
                    normalized(rotary, turned, config.contextLength())));
        }
        return builder.build();
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
                same("blocks.{i}.ln1", "blk.{i}.attn_norm"),
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
            modules.add(same("blocks.{i}.ln2", "blk.{i}.ffn_norm"));
        }
        return new NameTable(modules, IGNORED);
    }

    /** Only llama.cpp's Llama has the rotated features of queries and keys in pairs. */
    private TensorForm paired(TransformerConfig config) {
        return this == LLAMA && config.positions() instanceof Positions.Rotary rotary && !rotary.interleaved()
                ? new TensorForm.PairedRotary(config.headSize(), rotary.turned(config.headSize()))
                : new TensorForm.Same();
    }

    /** Adds the metadata of a model that is like this family. */
    void write(TransformerConfig config, GgufMetadata.Builder to) {
        GgufKeys.writeSizes(architecture(), config, to);
        String prefix = architecture() + ".";
        boolean layer = this == GPT2 || this == STABLELM || this == PHI2;
        to.put(
                prefix + (layer ? GgufKeys.EPSILON : GgufKeys.RMS_EPSILON),
                config.norm().epsilon());
        if (this != GPT2 && config.positions().kind() == Positions.Kind.ROTARY) {
            GgufKeys.writeRotary(architecture(), config, to);
        }
        if (this == STABLELM) {
            to.put(prefix + "use_parallel_residual", config.variations().residual() == Residual.PARALLEL_ONE_NORM);
        }
    }

    /** The configuration of a file. */
    TransformerConfig read(GgufKeys keys) {
        TransformerConfig.Builder config = keys.sizes().fused(this == GPT2).biases(biases(keys));
        if (this == GEMMA || this == STABLELM || this == PHI2) {
            config.tiedHead(this == GEMMA);
        }
        return switch (this) {
            case GPT2 ->
                config.activation(Activation.GELU_TANH).norm(layerNorm(keys)).build();
            case LLAMA, QWEN2 -> llama(keys, config, Variations.NONE);
            case QWEN3 -> llama(keys, config, Variations.NONE.withQueryKeyNorm(QueryKeyNorm.HEADS));
            case GEMMA ->
                llama(keys, config, Variations.NONE.withEmbeddingScale((float) Math.sqrt(keys.size(GgufKeys.WIDTH))));
            case STABLELM ->
                config.activation(Activation.SWIGLU)
                        .norm(layerNorm(keys))
                        .positions(keys.rotary())
                        .variations(Variations.NONE
                                .withHeadSize(keys.headSize())
                                .withResidual(
                                        keys.hasTensor("blk.0.ffn_norm.weight")
                                                ? Residual.SEQUENTIAL
                                                : Residual.PARALLEL_ONE_NORM))
                        .build();
            case PHI2 ->
                config.activation(Activation.GELU_TANH)
                        .norm(layerNorm(keys))
                        .positions(keys.rotary())
                        .variations(
                                Variations.NONE.withHeadSize(keys.headSize()).withResidual(Residual.PARALLEL_ONE_NORM))
                        .build();
        };
    }

    private static NormConfig layerNorm(GgufKeys keys) {
        return new NormConfig(
                NormConfig.Kind.LAYER, (float) keys.number(GgufKeys.EPSILON, 1e-5), NormConfig.Placement.PRE);
    }

    private TransformerConfig llama(GgufKeys keys, TransformerConfig.Builder config, Variations variations) {
        return config.activation(this == GEMMA ? Activation.GEGLU_TANH : Activation.SWIGLU)
                .norm(new NormConfig(
                        NormConfig.Kind.RMS, (float) keys.number(GgufKeys.RMS_EPSILON, 1e-6), NormConfig.Placement.PRE))
                .positions(keys.rotary())
                .variations(variations.withHeadSize(keys.headSize()))
                .build();
    }

    /** The biases that the first block has, of those that llama.cpp reads. */
    private Biases biases(GgufKeys keys) {
        boolean all = this == GPT2 || this == LLAMA || this == PHI2;
        boolean queries = all || this == QWEN2 || this == STABLELM;
        return new Biases(
                queries && (keys.hasTensor("blk.0.attn_q.bias") || keys.hasTensor("blk.0.attn_qkv.bias")),
                all && keys.hasTensor("blk.0.attn_output.bias"),
                all && keys.hasTensor("blk.0.ffn_up.bias"),
                this == PHI2 && keys.hasTensor("output.bias"));
    }
}
