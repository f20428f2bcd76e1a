package io.nanogpt.impl.interop;

import static io.nanogpt.impl.interop.NameTable.Module.same;

import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.model.AttentionScale;
import io.nanogpt.model.Biases;
import io.nanogpt.model.Initialization;
import io.nanogpt.model.NormConfig;
import io.nanogpt.model.Positions;
import io.nanogpt.model.TransformerConfig;
import io.nanogpt.model.Variations;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** GPT-Neo, with which the TinyStories models were trained: layers with and without a window, and no attention scale. */
final class GptNeoFamily implements HubFamily {
    private static final NameTable NAMES = new NameTable(
            List.of(
                    same("tok_emb", "transformer.wte"),
                    same("pos_emb", "transformer.wpe"),
                    same("blocks.{i}.ln1", "transformer.h.{i}.ln_1"),
                    same("blocks.{i}.attn.q", "transformer.h.{i}.attn.attention.q_proj"),
                    same("blocks.{i}.attn.k", "transformer.h.{i}.attn.attention.k_proj"),
                    same("blocks.{i}.attn.v", "transformer.h.{i}.attn.attention.v_proj"),
                    same("blocks.{i}.attn.proj", "transformer.h.{i}.attn.attention.out_proj"),
                    same("blocks.{i}.ln2", "transformer.h.{i}.ln_2"),
                    same("blocks.{i}.mlp.fc", "transformer.h.{i}.mlp.c_fc"),
                    same("blocks.{i}.mlp.proj", "transformer.h.{i}.mlp.c_proj"),
                    same("ln_f", "transformer.ln_f"),
                    same("head", "lm_head")),
            Set.of("h.{i}.attn.attention.bias", "h.{i}.attn.attention.masked_bias"));

    @Override
    public String type() {
        return "gpt_neo";
    }

    @Override
    public String architecture() {
        return "GPTNeoForCausalLM";
    }

    @Override
    public NameTable names(TransformerConfig config) {
        return NAMES;
    }

    @Override
    public TransformerConfig read(HubKeys keys) {
        int layers = keys.layers("num_layers");
        int width = keys.size("hidden_size");
        List<Integer> windows = windows(keys, layers);
        return TransformerConfig.builder()
                .layers(layers)
                .embeddingSize(width)
                .contextLength(keys.size("max_position_embeddings"))
                .vocabularySize(keys.size("vocab_size"))
                .heads(keys.size("num_heads"))
                .fused(false)
                .scale(new AttentionScale.Fixed(1))
                .window(HubBase.common(windows))
                .variations(Variations.NONE.withWindows(HubBase.different(windows)))
                .activation(keys.activation("activation_function", "gelu_new"))
                .hiddenSize(keys.size("intermediate_size", (int) Math.min(Integer.MAX_VALUE, 4L * width)))
                .norm(new NormConfig(
                        NormConfig.Kind.LAYER, keys.number("layer_norm_epsilon", 1e-5), NormConfig.Placement.PRE))
                .biases(new Biases(false, true, true, false))
                .tiedHead(keys.flag("tie_word_embeddings", true))
                .dropout(keys.number("resid_dropout", 0))
                .initialization(
                        new Initialization.Normal(keys.number("initializer_range", HuggingFaceConfig.DEVIATION)))
                .build();
    }

    /** The windows by {@code attention_types}: lists of types, each with the number of times that it is repeated. */
    private static List<Integer> windows(HubKeys keys, int layers) {
        int window = keys.size("window_size", 256);
        List<Integer> windows = new ArrayList<>();
        if (!keys.has("attention_types")) {
            for (int layer = 0; layer < layers; layer++) {
                windows.add(layer % 2 == 0 ? 0 : window);
            }
            return windows;
        }
        JsonValue all = keys.root().member("attention_types");
        for (JsonValue part : all.elements()) {
            List<JsonValue> pair = part.elements();
            if (pair.size() != 2) {
                throw part.error("expected a list of types and how often it is repeated");
            }
            long times = pair.get(1).integer(1, layers);
            for (long time = 0; time < times && windows.size() <= layers; time++) {
                pair.get(0).elements().forEach(type -> windows.add(isLocal(type) ? window : 0));
            }
        }
        if (windows.size() != layers) {
            throw all.error("does not give as many types as there are layers, " + layers);
        }
        return windows;
    }

    private static boolean isLocal(JsonValue type) {
        return switch (type.string()) {
            case "local" -> true;
            case "global" -> false;
            default ->
                throw type.error(
                        "attention of the type " + type.string() + " is not supported; supported are global, local");
        };
    }

    @Override
    public boolean isLike(TransformerConfig config) {
        return config.positions().kind() == Positions.Kind.LEARNED
                && !config.attention().fused()
                && !config.mlp().activation().isGated();
    }

    @Override
    public void write(TransformerConfig config, Map<String, Object> keys) {
        List<Integer> windows = HubBase.windows(config);
        keys.put("max_position_embeddings", config.contextLength());
        keys.put("hidden_size", config.size().embeddingSize());
        keys.put("num_layers", config.size().layers());
        keys.put("num_heads", config.attention().heads());
        keys.put("intermediate_size", config.mlp().hiddenSize());
        keys.put("window_size", Math.max(1, HubBase.window(config)));
        keys.put(
                "attention_types",
                windows.stream()
                        .map(window -> List.of(List.of(window == 0 ? "global" : "local"), 1))
                        .toList());
        keys.put("activation_function", HubActivations.name(config.mlp().activation()));
        keys.put("layer_norm_epsilon", config.norm().epsilon());
        keys.put("resid_dropout", config.dropout());
        keys.put("embed_dropout", config.dropout());
        keys.put("initializer_range", HuggingFaceConfig.deviation(config.initialization()));
    }
}
