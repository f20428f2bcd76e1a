package io.nanogpt.impl.interop;

import io.nanogpt.model.Biases;
import io.nanogpt.model.NormConfig;
import io.nanogpt.model.Positions;
import io.nanogpt.model.TransformerConfig;
import io.nanogpt.model.Variations;
import io.nanogpt.model.Variations.Residual;
import java.util.Map;

/** StableLM 2 and 3B: Llama's names with LayerNorm and rotary positions in part. */
final class StableLmFamily implements HubFamily {
    @Override
    public String type() {
        return "stablelm";
    }

    @Override
    public String architecture() {
        return "StableLmForCausalLM";
    }

    @Override
    public NameTable names(TransformerConfig config) {
        return LlamaFamily.NAMES;
    }

    @Override
    public TransformerConfig read(HubKeys keys) {
        keys.require("qk_layernorm", false);
        return HubBase.read(keys)
                .keyValueHeads(keys.size("num_key_value_heads", keys.size("num_attention_heads")))
                .activation(keys.gate("hidden_act", "silu"))
                .hiddenSize(keys.size("intermediate_size"))
                .norm(new NormConfig(
                        NormConfig.Kind.LAYER, keys.number("layer_norm_eps", 1e-5), NormConfig.Placement.PRE))
                .positions(new HubRotary(keys.size("max_position_embeddings"), 10_000, 0.25).read(keys))
                .biases(new Biases(keys.flag("use_qkv_bias", false), false, false, false))
                .dropout(keys.number("hidden_dropout", 0))
                .variations(Variations.NONE.withResidual(
                        keys.flag("use_parallel_residual", false) ? Residual.PARALLEL_ONE_NORM : Residual.SEQUENTIAL))
                .build();
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
        keys.put("hidden_act", HubActivations.name(config.mlp().activation()));
        keys.put("layer_norm_eps", config.norm().epsilon());
        keys.put("use_qkv_bias", config.biases().queryKeyValue());
        keys.put("use_parallel_residual", config.variations().residual() == Residual.PARALLEL_ONE_NORM);
        keys.put("hidden_dropout", config.dropout());
        HubRotary.writePartial((Positions.Rotary) config.positions(), keys);
    }
}
