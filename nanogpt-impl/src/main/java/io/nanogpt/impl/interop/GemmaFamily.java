package io.nanogpt.impl.interop;

import static io.nanogpt.impl.interop.NameTable.Module.same;

import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.model.AttentionScale;
import io.nanogpt.model.Biases;
import io.nanogpt.model.NormConfig;
import io.nanogpt.model.Positions;
import io.nanogpt.model.Refinements;
import io.nanogpt.model.TransformerConfig;
import io.nanogpt.model.Variations;
import io.nanogpt.model.Variations.QueryKeyNorm;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Gemma, Gemma 2 and the text models of Gemma 3. Their norms multiply by one plus the weight. */
enum GemmaFamily implements HubFamily {
    GEMMA("GemmaForCausalLM"),
    GEMMA2("Gemma2ForCausalLM"),
    GEMMA3_TEXT("Gemma3ForCausalLM");

    private static final NameTable ONCE = names(List.of(norm("blocks.{i}.ln2", "post_attention_layernorm")));

    private static final NameTable TWICE = names(List.of(
            norm("blocks.{i}.ln1_out", "post_attention_layernorm"),
            norm("blocks.{i}.ln2", "pre_feedforward_layernorm"),
            norm("blocks.{i}.ln2_out", "post_feedforward_layernorm")));

    /** The default window of Gemma 2 and 3. */
    private static final int WINDOW = 4096;

    private final String architecture;

    GemmaFamily(String architecture) {
        this.architecture = architecture;
    }

    private static NameTable.Module norm(String ours, String theirs) {
        return new NameTable.Module(ours, "model.layers.{i}." + theirs, new TensorForm.LessOne());
    }

    private static NameTable names(List<NameTable.Module> norms) {
        List<NameTable.Module> modules = new ArrayList<>(norms);
        modules.addAll(List.of(
                same("tok_emb", "model.embed_tokens"),
                norm("blocks.{i}.ln1", "input_layernorm"),
                same("blocks.{i}.attn.q", "model.layers.{i}.self_attn.q_proj"),
                same("blocks.{i}.attn.k", "model.layers.{i}.self_attn.k_proj"),
                same("blocks.{i}.attn.v", "model.layers.{i}.self_attn.v_proj"),
                norm("blocks.{i}.attn.q_norm", "self_attn.q_norm"),
                norm("blocks.{i}.attn.k_norm", "self_attn.k_norm"),
                same("blocks.{i}.attn.proj", "model.layers.{i}.self_attn.o_proj"),
                same("blocks.{i}.mlp.gate", "model.layers.{i}.mlp.gate_proj"),
                same("blocks.{i}.mlp.fc", "model.layers.{i}.mlp.up_proj"),
                same("blocks.{i}.mlp.proj", "model.layers.{i}.mlp.down_proj"),
                new NameTable.Module("ln_f", "model.norm", new TensorForm.LessOne()),
                same("head", "lm_head")));
        return new NameTable(modules, Set.of("layers.{i}.self_attn.rotary_emb.inv_freq", "rotary_emb.inv_freq"));
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
    public boolean hasPadding() {
        return true;
    }

    @Override
    public NameTable names(TransformerConfig config) {
        return this == GEMMA ? ONCE : TWICE;
    }

    @Override
    public TransformerConfig read(HubKeys keys) {
        keys.require("use_bidirectional_attention", false);
        int width = keys.size("hidden_size");
        boolean bias = keys.flag("attention_bias", false);
        List<Integer> windows = windows(keys, keys.layers("num_hidden_layers"));
        Variations variations = Variations.NONE
                .withHeadSize(HubBase.headSize(keys, "head_dim", 256))
                .withEmbeddingScale((float) Math.sqrt(width))
                .withWindows(HubBase.different(windows));
        if (this != GEMMA) {
            variations = variations.withAttentionCap(cap(keys, "attn_logit_softcapping", 50));
        }
        Positions.Rotary positions = positions(keys, "full_attention", 1_000_000);
        if (this == GEMMA3_TEXT) {
            variations = variations.withQueryKeyNorm(QueryKeyNorm.HEADS);
            Positions.Rotary local = positions(keys, "sliding_attention", 10_000);
            variations = local.equals(positions) ? variations : variations.withWindowPositions(local);
        }
        return HubBase.read(keys)
                .keyValueHeads(keys.size("num_key_value_heads", this == GEMMA ? 16 : 4))
                .window(HubBase.common(windows))
                .scale(scale(keys))
                .activation(keys.gate(
                        this != GEMMA || keys.has("hidden_activation") ? "hidden_activation" : "hidden_act",
                        "gelu_pytorch_tanh"))
                .hiddenSize(keys.size("intermediate_size"))
                .norm(new NormConfig(
                        NormConfig.Kind.RMS,
                        keys.number("rms_norm_eps", 1e-6),
                        this == GEMMA ? NormConfig.Placement.PRE : NormConfig.Placement.PRE_AND_OUTPUT))
                .positions(positions)
                .biases(new Biases(bias, bias, false, false))
                .tiedHead(keys.flag("tie_word_embeddings", true))
                .dropout(keys.number("resid_pdrop", 0))
                .refinements(
                        Refinements.NONE.withLogitCap(this == GEMMA ? 0 : cap(keys, "final_logit_softcapping", 30)))
                .variations(variations)
                .build();
    }

    /** A limit; absent in Gemma 2 it has a default, null it is none. */
    private float cap(HubKeys keys, String key, float absent) {
        return keys.isNull(key) ? 0 : keys.number(key, this == GEMMA2 ? absent : 0);
    }

    private AttentionScale scale(HubKeys keys) {
        int headSize = keys.size("head_dim", 256);
        int scalar = this == GEMMA ? headSize : keys.size("query_pre_attn_scalar", 256);
        return scalar == headSize
                ? new AttentionScale.ByHeadSize()
                : new AttentionScale.Fixed((float) (1 / Math.sqrt(scalar)));
    }

    private List<Integer> windows(HubKeys keys, int layers) {
        if (this == GEMMA || keys.isNull("sliding_window")) {
            return Collections.nCopies(layers, 0);
        }
        int window = keys.size("sliding_window", WINDOW);
        if (keys.has("layer_types")) {
            return keys.windows(layers, window);
        }
        int pattern = this == GEMMA2 ? 2 : keys.size("sliding_window_pattern", 6);
        return IntStream.range(0, layers)
                .mapToObj(layer -> (layer + 1) % pattern == 0 ? 0 : window)
                .toList();
    }

    /** The positions of the layers of a type; in Gemma and Gemma 2 those of all. */
    private Positions.Rotary positions(HubKeys keys, String type, double theta) {
        int context = keys.size("max_position_embeddings");
        JsonValue parameters = keys.root().optional("rope_parameters");
        if (this != GEMMA3_TEXT) {
            return new HubRotary(context, 10_000, 1).read(keys);
        }
        JsonValue nested = parameters == null ? null : parameters.optional(type);
        if (nested != null) {
            return new HubRotary(context, theta, 1).read(keys, nested);
        }
        // The keys of transformers 4: only the layers without a window are scaled, and have rope_theta.
        return type.equals("full_attention")
                ? new HubRotary(context, theta, 1).read(keys, keys.root().optional("rope_scaling"))
                : new Positions.Rotary(number(keys.root().optional("rope_local_base_freq"), theta), false);
    }

    private static double number(@Nullable JsonValue value, double absent) {
        return value == null ? absent : value.number();
    }

    @Override
    public boolean isLike(TransformerConfig config) {
        return config.positions().kind() == Positions.Kind.ROTARY
                && !config.attention().fused()
                && config.mlp().activation().isGated()
                && config.variations().embeddingScale() != 1;
    }

    @Override
    public void write(TransformerConfig config, Map<String, Object> keys) {
        HubBase.write(config, keys);
        keys.put("intermediate_size", config.mlp().hiddenSize());
        keys.put("num_key_value_heads", config.attention().keyValueHeads());
        keys.put("head_dim", config.headSize());
        String activation = HubActivations.name(config.mlp().activation());
        keys.put("hidden_act", activation);
        keys.put("hidden_activation", activation);
        keys.put("rms_norm_eps", config.norm().epsilon());
        keys.put("attention_bias", config.biases().queryKeyValue());
        keys.put("resid_pdrop", config.dropout());
        Positions.Rotary rotary = (Positions.Rotary) config.positions();
        if (this == GEMMA3_TEXT) {
            keys.put(
                    "rope_parameters",
                    Map.of(
                            "full_attention",
                            HubRotary.parameters(rotary),
                            "sliding_attention",
                            HubRotary.parameters(
                                    config.variations().windowPositions().orElse(rotary))));
        } else {
            HubRotary.write(rotary, keys);
        }
        if (this != GEMMA) {
            keys.put("query_pre_attn_scalar", scalar(config));
            keys.put("sliding_window", Math.max(1, HubBase.window(config)));
            keys.put("layer_types", HubBase.layerTypes(config));
            putCap(keys, "attn_logit_softcapping", config.variations().attentionCap());
            putCap(keys, "final_logit_softcapping", config.refinements().logitCap());
        }
    }

    private static long scalar(TransformerConfig config) {
        if (config.attention().scale() instanceof AttentionScale.Fixed fixed) {
            return Math.max(1, Math.round(1 / ((double) fixed.factor() * fixed.factor())));
        }
        return config.headSize();
    }

    private static void putCap(Map<String, Object> keys, String key, float cap) {
        if (cap > 0) {
            keys.put(key, cap);
        }
    }
}
