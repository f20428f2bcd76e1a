package io.nanogpt.impl.interop;

import static io.nanogpt.impl.interop.NameTable.Module.same;

import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.model.Biases;
import io.nanogpt.model.NormConfig;
import io.nanogpt.model.Positions;
import io.nanogpt.model.TransformerConfig;
import io.nanogpt.model.Variations;
import io.nanogpt.model.Variations.Residual;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** GPT-NeoX, with which the Pythia models were trained: attention beside the MLP, and rotary positions in part. */
final class GptNeoxFamily implements HubFamily {
    @Override
    public String type() {
        return "gpt_neox";
    }

    @Override
    public String architecture() {
        return "GPTNeoXForCausalLM";
    }

    @Override
    public NameTable names(TransformerConfig config) {
        TensorForm packed = new TensorForm.ByGroup(config.attention().heads(), 1);
        return new NameTable(
                List.of(
                        same("tok_emb", "gpt_neox.embed_in"),
                        same("blocks.{i}.ln1", "gpt_neox.layers.{i}.input_layernorm"),
                        new NameTable.Module(
                                "blocks.{i}.attn.qkv", "gpt_neox.layers.{i}.attention.query_key_value", packed),
                        same("blocks.{i}.attn.proj", "gpt_neox.layers.{i}.attention.dense"),
                        same("blocks.{i}.ln2", "gpt_neox.layers.{i}.post_attention_layernorm"),
                        same("blocks.{i}.mlp.fc", "gpt_neox.layers.{i}.mlp.dense_h_to_4h"),
                        same("blocks.{i}.mlp.proj", "gpt_neox.layers.{i}.mlp.dense_4h_to_h"),
                        same("ln_f", "gpt_neox.final_layer_norm"),
                        same("head", "embed_out")),
                Set.of(
                        "layers.{i}.attention.bias",
                        "layers.{i}.attention.masked_bias",
                        "layers.{i}.attention.rotary_emb.inv_freq",
                        "rotary_emb.inv_freq"));
    }

    @Override
    public TransformerConfig read(HubKeys keys) {
        boolean bias = keys.flag("attention_bias", true);
        return HubBase.read(keys)
                .fused(true)
                .activation(keys.activation("hidden_act", "gelu"))
                .hiddenSize(keys.size("intermediate_size"))
                .norm(new NormConfig(
                        NormConfig.Kind.LAYER, keys.number("layer_norm_eps", 1e-5), NormConfig.Placement.PRE))
                .positions(new HubRotary(
                                keys.size("max_position_embeddings"),
                                number(keys, "rotary_emb_base", 10_000),
                                number(keys, "rotary_pct", 0.25))
                        .read(keys))
                .biases(new Biases(bias, bias, true, false))
                .dropout(keys.number("hidden_dropout", 0))
                .variations(Variations.NONE.withResidual(
                        keys.flag("use_parallel_residual", true) ? Residual.PARALLEL : Residual.SEQUENTIAL))
                .build();
    }

    private static double number(HubKeys keys, String key, double absent) {
        JsonValue value = keys.root().optional(key);
        return value == null ? absent : value.number();
    }

    @Override
    public boolean isLike(TransformerConfig config) {
        return config.positions().kind() == Positions.Kind.ROTARY
                && config.attention().fused()
                && !config.mlp().activation().isGated();
    }

    @Override
    public void write(TransformerConfig config, Map<String, Object> keys) {
        Positions.Rotary rotary = (Positions.Rotary) config.positions();
        HubBase.write(config, keys);
        keys.put("intermediate_size", config.mlp().hiddenSize());
        keys.put("hidden_act", HubActivations.name(config.mlp().activation()));
        keys.put("layer_norm_eps", config.norm().epsilon());
        keys.put("attention_bias", config.biases().queryKeyValue());
        keys.put("use_parallel_residual", config.variations().residual() == Residual.PARALLEL);
        keys.put("hidden_dropout", config.dropout());
        HubRotary.writePartial(rotary, keys);
        // The keys of transformers 4.
        keys.put("rotary_emb_base", rotary.theta());
        keys.put("rotary_pct", rotary.share());
    }
}
