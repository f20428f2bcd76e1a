package io.nanogpt.impl.interop;

import static io.nanogpt.impl.interop.NameTable.Module.same;

import io.nanogpt.model.Biases;
import io.nanogpt.model.NormConfig;
import io.nanogpt.model.Positions;
import io.nanogpt.model.TransformerConfig;
import io.nanogpt.model.Variations;
import io.nanogpt.model.Variations.Residual;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Phi 1, 1.5 and 2: one norm a block, before attention beside the MLP, and rotary positions in part. */
final class PhiFamily implements HubFamily {
    private static final NameTable NAMES = new NameTable(
            List.of(
                    same("tok_emb", "model.embed_tokens"),
                    same("blocks.{i}.ln1", "model.layers.{i}.input_layernorm"),
                    same("blocks.{i}.attn.q", "model.layers.{i}.self_attn.q_proj"),
                    same("blocks.{i}.attn.k", "model.layers.{i}.self_attn.k_proj"),
                    same("blocks.{i}.attn.v", "model.layers.{i}.self_attn.v_proj"),
                    same("blocks.{i}.attn.proj", "model.layers.{i}.self_attn.dense"),
                    same("blocks.{i}.mlp.fc", "model.layers.{i}.mlp.fc1"),
                    same("blocks.{i}.mlp.proj", "model.layers.{i}.mlp.fc2"),
                    same("ln_f", "model.final_layernorm"),
                    same("head", "lm_head")),
            Set.of("layers.{i}.self_attn.rotary_emb.inv_freq", "rotary_emb.inv_freq"));

    @Override
    public String type() {
        return "phi";
    }

    @Override
    public String architecture() {
        return "PhiForCausalLM";
    }

    @Override
    public NameTable names(TransformerConfig config) {
        return NAMES;
    }

    @Override
    public TransformerConfig read(HubKeys keys) {
        keys.require("qk_layernorm", false);
        return HubBase.read(keys)
                .keyValueHeads(keys.size("num_key_value_heads", keys.size("num_attention_heads")))
                .activation(keys.activation("hidden_act", "gelu_new"))
                .hiddenSize(keys.size("intermediate_size"))
                .norm(new NormConfig(
                        NormConfig.Kind.LAYER, keys.number("layer_norm_eps", 1e-5), NormConfig.Placement.PRE))
                .positions(new HubRotary(keys.size("max_position_embeddings"), 10_000, 0.5).read(keys))
                .biases(new Biases(true, true, true, true))
                .dropout(keys.number("resid_pdrop", 0))
                .variations(Variations.NONE.withResidual(Residual.PARALLEL_ONE_NORM))
                .build();
    }

    @Override
    public boolean isLike(TransformerConfig config) {
        return config.positions().kind() == Positions.Kind.ROTARY
                && !config.attention().fused()
                && !config.mlp().activation().isGated();
    }

    @Override
    public void write(TransformerConfig config, Map<String, Object> keys) {
        HubBase.write(config, keys);
        keys.put("intermediate_size", config.mlp().hiddenSize());
        keys.put("num_key_value_heads", config.attention().keyValueHeads());
        keys.put("hidden_act", HubActivations.name(config.mlp().activation()));
        keys.put("layer_norm_eps", config.norm().epsilon());
        keys.put("resid_pdrop", config.dropout());
        keys.put("embd_pdrop", config.dropout());
        HubRotary.writePartial((Positions.Rotary) config.positions(), keys);
    }
}
