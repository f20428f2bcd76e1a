package io.nanogpt.impl.interop;

import io.nanogpt.model.AttentionScale;
import io.nanogpt.model.Biases;
import io.nanogpt.model.Initialization;
import io.nanogpt.model.NormConfig;
import io.nanogpt.model.Positions;
import io.nanogpt.model.TransformerConfig;
import io.nanogpt.model.Variations;
import io.nanogpt.model.WeightsImportOptions.Layout;
import java.util.Map;
import java.util.Optional;

/** GPT-2. */
final class Gpt2Family implements HubFamily {
    @Override
    public String type() {
        return "gpt2";
    }

    @Override
    public String architecture() {
        return "GPT2LMHeadModel";
    }

    @Override
    public Optional<Layout> layout() {
        return Optional.of(Layout.GPT2);
    }

    @Override
    public String prefix() {
        return "transformer.";
    }

    @Override
    public NameTable names(TransformerConfig config) {
        return NameTables.GPT2;
    }

    @Override
    public TransformerConfig read(HubKeys keys) {
        keys.require("add_cross_attention", false);
        int width = keys.size("n_embd");
        return TransformerConfig.builder()
                .layers(keys.layers("n_layer"))
                .embeddingSize(width)
                .contextLength(keys.size("n_positions"))
                .vocabularySize(keys.size("vocab_size"))
                .heads(keys.size("n_head"))
                .scale(
                        keys.flag("scale_attn_weights", true)
                                ? new AttentionScale.ByHeadSize()
                                : new AttentionScale.Fixed(1))
                .variations(Variations.NONE.withScaledByLayer(keys.flag("scale_attn_by_inverse_layer_idx", false)))
                .activation(keys.activation("activation_function", "gelu_new"))
                .hiddenSize(keys.size("n_inner", (int) Math.min(Integer.MAX_VALUE, 4L * width)))
                .norm(new NormConfig(
                        NormConfig.Kind.LAYER, keys.number("layer_norm_epsilon", 1e-5), NormConfig.Placement.PRE))
                .biases(Biases.ALL_BUT_HEAD)
                .tiedHead(keys.flag("tie_word_embeddings", true))
                .dropout(keys.number("resid_pdrop", 0.1))
                .initialization(new Initialization.ScaledResidual(
                        keys.number("initializer_range", HuggingFaceConfig.DEVIATION)))
                .build();
    }

    @Override
    public boolean isLike(TransformerConfig config) {
        return config.positions() instanceof Positions.Learned
                && config.attention().fused()
                && !config.mlp().activation().isGated();
    }

    @Override
    public void write(TransformerConfig config, Map<String, Object> keys) {
        keys.put("n_positions", config.contextLength());
        keys.put("n_embd", config.size().embeddingSize());
        keys.put("n_layer", config.size().layers());
        keys.put("n_head", config.attention().heads());
        keys.put("n_inner", config.mlp().hiddenSize());
        keys.put("activation_function", HubActivations.name(config.mlp().activation()));
        keys.put("layer_norm_epsilon", config.norm().epsilon());
        if (config.attention().scale().kind() == AttentionScale.Kind.FIXED) {
            keys.put("scale_attn_weights", false);
        }
        if (config.variations().scaledByLayer()) {
            keys.put("scale_attn_by_inverse_layer_idx", true);
        }
        keys.put("embd_pdrop", config.dropout());
        keys.put("attn_pdrop", 0.0);
        keys.put("resid_pdrop", config.dropout());
        keys.put("initializer_range", HuggingFaceConfig.deviation(config.initialization()));
    }
}
