package io.nanogpt.impl.interop;

import static io.nanogpt.impl.interop.NameTable.Module.same;

import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.model.Biases;
import io.nanogpt.model.NormConfig;
import io.nanogpt.model.Positions;
import io.nanogpt.model.TransformerConfig;
import io.nanogpt.model.Variations;
import io.nanogpt.model.Variations.QueryKeyNorm;
import io.nanogpt.model.WeightsImportOptions.Layout;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** Llama and the families that differ from it in a few keys. */
enum LlamaFamily implements HubFamily {
    LLAMA("LlamaForCausalLM"),
    MISTRAL("MistralForCausalLM"),
    QWEN2("Qwen2ForCausalLM"),
    QWEN3("Qwen3ForCausalLM"),
    SMOLLM3("SmolLM3ForCausalLM"),
    OLMO2("Olmo2ForCausalLM");

    /** The names of all of them but OLMo 2. */
    static final NameTable NAMES = names(
            same("blocks.{i}.ln1", "model.layers.{i}.input_layernorm"),
            same("blocks.{i}.ln2", "model.layers.{i}.post_attention_layernorm"));

    private static final NameTable OLMO2_NAMES = names(
            same("blocks.{i}.ln1", "model.layers.{i}.post_attention_layernorm"),
            same("blocks.{i}.ln2", "model.layers.{i}.post_feedforward_layernorm"));

    private final String architecture;

    LlamaFamily(String architecture) {
        this.architecture = architecture;
    }

    private static NameTable names(NameTable.Module first, NameTable.Module second) {
        return new NameTable(
                List.of(
                        same("tok_emb", "model.embed_tokens"),
                        first,
                        same("blocks.{i}.attn.q", "model.layers.{i}.self_attn.q_proj"),
                        same("blocks.{i}.attn.k", "model.layers.{i}.self_attn.k_proj"),
                        same("blocks.{i}.attn.v", "model.layers.{i}.self_attn.v_proj"),
                        same("blocks.{i}.attn.q_norm", "model.layers.{i}.self_attn.q_norm"),
                        same("blocks.{i}.attn.k_norm", "model.layers.{i}.self_attn.k_norm"),
                        same("blocks.{i}.attn.proj", "model.layers.{i}.self_attn.o_proj"),
                        second,
                        same("blocks.{i}.mlp.gate", "model.layers.{i}.mlp.gate_proj"),
                        same("blocks.{i}.mlp.fc", "model.layers.{i}.mlp.up_proj"),
                        same("blocks.{i}.mlp.proj", "model.layers.{i}.mlp.down_proj"),
                        same("ln_f", "model.norm"),
                        same("head", "lm_head")),
                Set.of("layers.{i}.self_attn.rotary_emb.inv_freq", "rotary_emb.inv_freq"));
    }

    @Override
    public String type() {
        return name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String architecture() {
        return architecture;
    }

    @Override
    public Optional<Layout> layout() {
        return this == OLMO2 ? Optional.empty() : Optional.of(Layout.LLAMA);
    }

    @Override
    public boolean hasPadding() {
        return this == SMOLLM3 || this == OLMO2;
    }

    @Override
    public NameTable names(TransformerConfig config) {
        return this == OLMO2 ? OLMO2_NAMES : NAMES;
    }

    @Override
    public TransformerConfig read(HubKeys keys) {
        int heads = keys.size("num_attention_heads");
        int layers = keys.layers("num_hidden_layers");
        List<Integer> windows = windows(keys, layers);
        boolean bias = keys.flag("attention_bias", false) && this != MISTRAL && this != QWEN2;
        return HubBase.read(keys)
                .keyValueHeads(keys.size("num_key_value_heads", sharedHeads(heads)))
                .window(HubBase.common(windows))
                .activation(keys.gate("hidden_act", "silu"))
                .hiddenSize(keys.size("intermediate_size"))
                .norm(new NormConfig(
                        NormConfig.Kind.RMS,
                        keys.number("rms_norm_eps", this == OLMO2 ? 1e-5 : 1e-6),
                        this == OLMO2 ? NormConfig.Placement.OUTPUT : NormConfig.Placement.PRE))
                .positions(new HubRotary(keys.size("max_position_embeddings"), this == SMOLLM3 ? 2_000_000 : 10_000, 1)
                        .read(keys))
                .biases(new Biases(
                        bias || this == QWEN2,
                        bias,
                        (this == LLAMA || this == SMOLLM3) && keys.flag("mlp_bias", false),
                        false))
                .tiedHead(keys.flag("tie_word_embeddings", this == SMOLLM3))
                // Not a key of these models in transformers, but written below for models trained with dropout.
                .dropout(keys.number("resid_pdrop", 0))
                .variations(Variations.NONE
                        .withHeadSize(headSize(keys, heads))
                        .withQueryKeyNorm(queryKeyNorm())
                        .withWindows(HubBase.different(windows))
                        .withUnrotated(this == SMOLLM3 ? unrotated(keys, layers) : List.of()))
                .build();
    }

    /** The default of the heads of keys and values in transformers. */
    private int sharedHeads(int heads) {
        return switch (this) {
            case MISTRAL -> 8;
            case SMOLLM3 -> 4;
            case LLAMA, QWEN2, QWEN3, OLMO2 -> heads;
        };
    }

    private QueryKeyNorm queryKeyNorm() {
        return switch (this) {
            case QWEN3 -> QueryKeyNorm.HEADS;
            case OLMO2 -> QueryKeyNorm.ALL;
            case LLAMA, MISTRAL, QWEN2, SMOLLM3 -> QueryKeyNorm.NONE;
        };
    }

    private int headSize(HubKeys keys, int heads) {
        int share = Math.max(1, keys.size("hidden_size") / heads);
        return HubBase.headSize(keys, "head_dim", this == QWEN3 ? 128 : share);
    }

    private List<Integer> windows(HubKeys keys, int layers) {
        boolean windowed = switch (this) {
            case LLAMA, OLMO2 -> false;
            case MISTRAL -> !keys.isNull("sliding_window");
            case QWEN2, QWEN3 -> keys.flag("use_sliding_window", false) && !keys.isNull("sliding_window");
            case SMOLLM3 -> keys.flag("use_sliding_window", false) && keys.has("sliding_window");
        };
        int window = windowed ? keys.size("sliding_window", 4096) : 0;
        if (window == 0 || this == MISTRAL) {
            return Collections.nCopies(layers, window);
        }
        if (keys.has("layer_types")) {
            return keys.windows(layers, window);
        }
        if (this == SMOLLM3) {
            List<Integer> unrotated = unrotated(keys, layers);
            return IntStream.range(0, layers)
                    .mapToObj(layer -> unrotated.contains(layer) ? window : 0)
                    .toList();
        }
        int full = keys.count("max_window_layers", 28);
        return IntStream.range(0, layers)
                .mapToObj(layer -> layer >= full ? window : 0)
                .toList();
    }

    /** The layers whose entry of {@code no_rope_layers} is 0, or every fourth by default. */
    private static List<Integer> unrotated(HubKeys keys, int layers) {
        if (!keys.has("no_rope_layers")) {
            int interval = keys.size("no_rope_layer_interval", 4);
            return IntStream.range(0, layers)
                    .filter(layer -> (layer + 1) % interval == 0)
                    .boxed()
                    .toList();
        }
        List<JsonValue> rotated = keys.perLayer("no_rope_layers", layers);
        return IntStream.range(0, layers)
                .filter(layer -> rotated.get(layer).integer(0, 1) == 0)
                .boxed()
                .toList();
    }

    @Override
    public boolean isLike(TransformerConfig config) {
        return config.positions().kind() == Positions.Kind.ROTARY
                && !config.attention().fused()
                && config.mlp().activation().isGated();
    }

    @Override
    public void write(TransformerConfig config, Map<String, Object> keys) {
        HubBase.write(config, keys);
        keys.put("intermediate_size", config.mlp().hiddenSize());
        keys.put("num_key_value_heads", config.attention().keyValueHeads());
        keys.put("head_dim", config.headSize());
        keys.put("hidden_act", HubActivations.name(config.mlp().activation()));
        keys.put("rms_norm_eps", config.norm().epsilon());
        HubRotary.write((Positions.Rotary) config.positions(), keys);
        keys.put("resid_pdrop", config.dropout());
        int window = HubBase.window(config);
        switch (this) {
            case LLAMA, OLMO2 -> {}
            case MISTRAL -> {
                if (window > 0) {
                    keys.put("sliding_window", window);
                }
            }
            case QWEN2, QWEN3, SMOLLM3 -> {
                keys.put("use_sliding_window", window > 0);
                keys.put("layer_types", HubBase.layerTypes(config));
                if (window > 0) {
                    keys.put("sliding_window", window);
                    keys.put("max_window_layers", 0);
                }
            }
        }
        if (this != MISTRAL && this != QWEN2) {
            keys.put("attention_bias", config.biases().queryKeyValue());
        }
        if (this == LLAMA || this == SMOLLM3) {
            keys.put("mlp_bias", config.biases().mlp());
        }
        if (this == SMOLLM3) {
            keys.put(
                    "no_rope_layers",
                    IntStream.range(0, config.size().layers())
                            .map(layer -> config.variations().unrotated().contains(layer) ? 0 : 1)
                            .boxed()
                            .toList());
        }
    }
}
