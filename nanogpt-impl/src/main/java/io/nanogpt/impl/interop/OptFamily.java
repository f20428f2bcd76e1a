package io.nanogpt.impl.interop;

import static io.nanogpt.impl.interop.NameTable.Module.same;

import io.nanogpt.model.Biases;
import io.nanogpt.model.Initialization;
import io.nanogpt.model.NormConfig;
import io.nanogpt.model.NormConfig.Placement;
import io.nanogpt.model.Positions;
import io.nanogpt.model.TransformerConfig;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** OPT, whose table of positions begins with two rows that no text uses. */
final class OptFamily implements HubFamily {
    private static final float EPSILON = 1e-5f;

    private static final NameTable NAMES = new NameTable(
            List.of(
                    same("tok_emb", "model.decoder.embed_tokens"),
                    new NameTable.Module("pos_emb", "model.decoder.embed_positions", new TensorForm.AfterRows(2)),
                    same("blocks.{i}.ln1", "model.decoder.layers.{i}.self_attn_layer_norm"),
                    same("blocks.{i}.attn.q", "model.decoder.layers.{i}.self_attn.q_proj"),
                    same("blocks.{i}.attn.k", "model.decoder.layers.{i}.self_attn.k_proj"),
                    same("blocks.{i}.attn.v", "model.decoder.layers.{i}.self_attn.v_proj"),
                    same("blocks.{i}.attn.proj", "model.decoder.layers.{i}.self_attn.out_proj"),
                    same("blocks.{i}.ln2", "model.decoder.layers.{i}.final_layer_norm"),
                    same("blocks.{i}.mlp.fc", "model.decoder.layers.{i}.fc1"),
                    same("blocks.{i}.mlp.proj", "model.decoder.layers.{i}.fc2"),
                    same("ln_f", "model.decoder.final_layer_norm"),
                    same("head", "lm_head")),
            Set.of());

    @Override
    public String type() {
        return "opt";
    }

    @Override
    public String architecture() {
        return "OPTForCausalLM";
    }

    @Override
    public boolean hasPadding() {
        return true;
    }

    @Override
    public NameTable names(TransformerConfig config) {
        return NAMES;
    }

    @Override
    public TransformerConfig read(HubKeys keys) {
        keys.require("_remove_final_layer_norm", false);
        keys.require("layer_norm_elementwise_affine", true);
        int width = keys.size("hidden_size");
        if (keys.size("word_embed_proj_dim", width) != width) {
            throw keys.unsupported(
                    "word_embed_proj_dim", "embeddings of another width than hidden_size are not" + " supported");
        }
        boolean bias = keys.flag("enable_bias", true);
        return HubBase.read(keys)
                .activation(keys.activation("activation_function", "relu"))
                .hiddenSize(keys.size("ffn_dim"))
                .norm(new NormConfig(
                        NormConfig.Kind.LAYER,
                        EPSILON,
                        keys.flag("do_layer_norm_before", true) ? Placement.PRE : Placement.POST))
                .positions(new Positions.Learned())
                .biases(new Biases(bias, bias, bias, false))
                .tiedHead(keys.flag("tie_word_embeddings", true))
                .dropout(keys.number("dropout", 0.1))
                .initialization(new Initialization.Normal(keys.number("init_std", HuggingFaceConfig.DEVIATION)))
                .build();
    }

    @Override
    public boolean isLike(TransformerConfig config) {
        return config.positions().kind() == Positions.Kind.LEARNED
                && !config.attention().fused()
                && !config.mlp().activation().isGated();
    }

    @Override
    public void write(TransformerConfig config, Map<String, Object> keys) {
        HubBase.write(config, keys);
        keys.put("word_embed_proj_dim", config.size().embeddingSize());
        keys.put("ffn_dim", config.mlp().hiddenSize());
        keys.put("activation_function", HubActivations.name(config.mlp().activation()));
        keys.put("do_layer_norm_before", config.norm().placement() == Placement.PRE);
        keys.put("enable_bias", config.biases().queryKeyValue());
        keys.put("dropout", config.dropout());
        keys.put("init_std", HuggingFaceConfig.deviation(config.initialization()));
    }
}
