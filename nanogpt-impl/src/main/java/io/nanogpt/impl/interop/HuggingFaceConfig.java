package io.nanogpt.impl.interop;

import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.model.Activation;
import io.nanogpt.model.AttentionScale;
import io.nanogpt.model.Biases;
import io.nanogpt.model.Initialization;
import io.nanogpt.model.NormConfig;
import io.nanogpt.model.Positions;
import io.nanogpt.model.Refinements;
import io.nanogpt.model.TransformerConfig;
import io.nanogpt.model.Variations;
import io.nanogpt.model.WeightsImportOptions.Layout;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The {@code config.json} of Hugging Face's transformers, for the architectures that this library supports: GPT-2,
 * Llama, Mistral (sliding window) and Qwen2 (biases of queries, keys and values). Missing keys have transformers'
 * defaults.
 *
 * @param layout naming of the weights beside it
 * @param transformer the equivalent configuration of this library
 */
record HuggingFaceConfig(Layout layout, TransformerConfig transformer) {
    /** The supported model types of transformers. */
    private enum Type {
        GPT2("GPT2LMHeadModel"),
        LLAMA("LlamaForCausalLM"),
        MISTRAL("MistralForCausalLM"),
        QWEN2("Qwen2ForCausalLM");

        private final String architecture;

        Type(String architecture) {
            this.architecture = architecture;
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static final String TYPE_KEY = "model_type";

    /** Names of the activations in transformers. */
    private static final Map<Activation, String> ACTIVATIONS = Map.of(
            Activation.GELU, "gelu",
            Activation.GELU_TANH, "gelu_new",
            Activation.RELU, "relu",
            Activation.RELU_SQUARED, "relu2",
            Activation.SILU, "silu");

    /** Default standard deviation of initial weights, in transformers and here. */
    private static final float DEVIATION = 0.02f;

    /** Whether {@link #read} supports this model type. */
    static boolean isKnown(String type) {
        return Arrays.stream(Type.values()).anyMatch(known -> known.toString().equals(type));
    }

    /** The types that {@link #read} takes, for a message: {@code gpt2, llama, mistral, qwen2}. */
    static String knownTypes() {
        return Arrays.stream(Type.values()).map(Type::toString).collect(Collectors.joining(", "));
    }

    /**
     * Reads a configuration of a known type.
     *
     * @throws io.nanogpt.NanogptException naming the key of an unsupported feature
     */
    static HuggingFaceConfig read(JsonValue root) {
        HuggingFaceKeys keys = new HuggingFaceKeys(root);
        keys.requireAbsent("quantization_config");
        Type type = Type.valueOf(root.member(TYPE_KEY).string().toUpperCase(Locale.ROOT));
        try {
            return type == Type.GPT2
                    ? new HuggingFaceConfig(Layout.GPT2, gpt2(keys))
                    : new HuggingFaceConfig(Layout.LLAMA, llama(keys, type));
        } catch (IllegalArgumentException e) {
            throw root.error("this model is invalid: " + e.getMessage());
        }
    }

    private static TransformerConfig gpt2(HuggingFaceKeys keys) {
        keys.require("add_cross_attention", false);
        keys.require("scale_attn_by_inverse_layer_idx", false);
        int width = keys.size("n_embd");
        return TransformerConfig.builder()
                .layers(keys.size("n_layer"))
                .embeddingSize(width)
                .contextLength(keys.size("n_positions"))
                .vocabularySize(keys.size("vocab_size"))
                .heads(keys.size("n_head"))
                .scale(
                        keys.flag("scale_attn_weights", true)
                                ? new AttentionScale.ByHeadSize()
                                : new AttentionScale.Fixed(1))
                .activation(keys.choice("activation_function", "gelu_new", HuggingFaceConfig::activation))
                .hiddenSize(keys.size("n_inner", (int) Math.min(Integer.MAX_VALUE, 4L * width)))
                .norm(new NormConfig(
                        NormConfig.Kind.LAYER, keys.number("layer_norm_epsilon", 1e-5), NormConfig.Placement.PRE))
                .biases(Biases.ALL_BUT_HEAD)
                .tiedHead(keys.flag("tie_word_embeddings", true))
                .dropout(keys.number("resid_pdrop", 0.1))
                .initialization(new Initialization.ScaledResidual(keys.number("initializer_range", DEVIATION)))
                .build();
    }

    private static TransformerConfig llama(HuggingFaceKeys keys, Type type) {
        int width = keys.size("hidden_size");
        int heads = keys.size("num_attention_heads");
        if (keys.size("head_dim", width / heads) != width / heads) {
            throw keys.unsupported("head_dim", "only hidden_size / num_attention_heads is supported");
        }
        keys.choice("hidden_act", "silu", name -> activation(name).filter(found -> found == Activation.SILU));
        boolean bias = type == Type.LLAMA && keys.flag("attention_bias", false);
        return TransformerConfig.builder()
                .layers(keys.size("num_hidden_layers"))
                .embeddingSize(width)
                .contextLength(keys.size("max_position_embeddings"))
                .vocabularySize(keys.size("vocab_size"))
                .heads(heads)
                .keyValueHeads(keys.size("num_key_value_heads", heads))
                .fused(false)
                .window(window(keys, type))
                .activation(Activation.SWIGLU)
                .hiddenSize(keys.size("intermediate_size"))
                .norm(new NormConfig(NormConfig.Kind.RMS, keys.number("rms_norm_eps", 1e-6), NormConfig.Placement.PRE))
                .positions(new Positions.Rotary(keys.ropeTheta(), false))
                .biases(new Biases(
                        bias || type == Type.QWEN2, bias, type == Type.LLAMA && keys.flag("mlp_bias", false), false))
                .tiedHead(keys.flag("tie_word_embeddings", false))
                // Not a key of these models in transformers, but written below for models trained with dropout.
                .dropout(keys.number("resid_pdrop", 0))
                .initialization(new Initialization.Normal(keys.number("initializer_range", DEVIATION)))
                .build();
    }

    private static int window(HuggingFaceKeys keys, Type type) {
        return switch (type) {
            case MISTRAL -> keys.isNull("sliding_window") ? 0 : keys.size("sliding_window", 4096);
            case QWEN2 -> keys.flag("use_sliding_window", false) ? keys.slidingWindow() : 0;
            case GPT2, LLAMA -> 0;
        };
    }

    private static Optional<Activation> activation(String name) {
        String known = switch (name) {
            case "gelu_pytorch_tanh" -> "gelu_new";
            case "swish" -> "silu";
            default -> name;
        };
        return ACTIVATIONS.entrySet().stream()
                .filter(entry -> entry.getValue().equals(known))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /** The equivalent of a configuration in transformers, if there is one. */
    static Optional<HuggingFaceConfig> of(TransformerConfig config) {
        boolean common = config.norm().placement() == NormConfig.Placement.PRE
                && config.attention().scale() instanceof AttentionScale.ByHeadSize
                && !config.biases().head()
                && config.refinements().equals(Refinements.NONE)
                && config.variations().equals(Variations.NONE)
                && config.ngramTables().isEmpty();
        if (common && isGpt2(config)) {
            return Optional.of(new HuggingFaceConfig(Layout.GPT2, config));
        }
        return common && isLlama(config) ? Optional.of(new HuggingFaceConfig(Layout.LLAMA, config)) : Optional.empty();
    }

    private static boolean isGpt2(TransformerConfig config) {
        return config.positions() instanceof Positions.Learned
                && config.norm().kind() == NormConfig.Kind.LAYER
                && config.biases().equals(Biases.ALL_BUT_HEAD)
                && config.attention().fused()
                && config.attention().keyValueHeads() == config.attention().heads()
                && config.attention().window() == 0
                && ACTIVATIONS.containsKey(config.mlp().activation());
    }

    private static boolean isLlama(TransformerConfig config) {
        return config.positions() instanceof Positions.Rotary rotary
                && rotary.equals(new Positions.Rotary(rotary.theta(), false))
                && config.norm().kind() == NormConfig.Kind.RMS
                && config.mlp().activation() == Activation.SWIGLU
                && !config.attention().fused()
                && llamaType(config).isPresent();
    }

    private static Optional<Type> llamaType(TransformerConfig config) {
        Biases biases = config.biases();
        if (config.attention().window() > 0) {
            return biases.equals(Biases.NONE) ? Optional.of(Type.MISTRAL) : Optional.empty();
        }
        if (biases.queryKeyValue() == biases.attentionOutput()) {
            return Optional.of(Type.LLAMA);
        }
        return biases.queryKeyValue() && !biases.mlp() ? Optional.of(Type.QWEN2) : Optional.empty();
    }

    /** The content of {@code config.json}. */
    Map<String, Object> write() {
        Type type = layout == Layout.GPT2 ? Type.GPT2 : llamaType(transformer).orElseThrow();
        Map<String, Object> keys = new LinkedHashMap<>();
        keys.put("architectures", List.of(type.architecture));
        keys.put(TYPE_KEY, type.toString());
        keys.put("torch_dtype", "float32");
        keys.put("vocab_size", transformer.vocabularySize());
        if (type == Type.GPT2) {
            writeGpt2(keys);
        } else {
            writeLlama(keys, type);
        }
        keys.put("tie_word_embeddings", transformer.tiedHead());
        keys.put("resid_pdrop", transformer.dropout());
        keys.put("initializer_range", deviation(transformer.initialization()));
        return keys;
    }

    private void writeGpt2(Map<String, Object> keys) {
        keys.put("n_positions", transformer.contextLength());
        keys.put("n_embd", transformer.size().embeddingSize());
        keys.put("n_layer", transformer.size().layers());
        keys.put("n_head", transformer.attention().heads());
        keys.put("n_inner", transformer.mlp().hiddenSize());
        keys.put("activation_function", ACTIVATIONS.get(transformer.mlp().activation()));
        keys.put("layer_norm_epsilon", transformer.norm().epsilon());
        keys.put("embd_pdrop", transformer.dropout());
        keys.put("attn_pdrop", 0.0);
    }

    private void writeLlama(Map<String, Object> keys, Type type) {
        double theta = ((Positions.Rotary) transformer.positions()).theta();
        keys.put("max_position_embeddings", transformer.contextLength());
        keys.put("hidden_size", transformer.size().embeddingSize());
        keys.put("intermediate_size", transformer.mlp().hiddenSize());
        keys.put("num_hidden_layers", transformer.size().layers());
        keys.put("num_attention_heads", transformer.attention().heads());
        keys.put("num_key_value_heads", transformer.attention().keyValueHeads());
        keys.put("hidden_act", "silu");
        keys.put("rms_norm_eps", transformer.norm().epsilon());
        // The keys of transformers 4 and of transformers 5.
        keys.put("rope_theta", theta);
        keys.put("rope_parameters", Map.of("rope_type", "default", "rope_theta", theta));
        if (type == Type.MISTRAL) {
            keys.put("sliding_window", transformer.attention().window());
        } else if (type == Type.LLAMA) {
            keys.put("attention_bias", transformer.biases().queryKeyValue());
            keys.put("mlp_bias", transformer.biases().mlp());
        }
    }

    /** The only initialization parameter of the format; irrelevant to a trained model. */
    private static float deviation(Initialization initialization) {
        return switch (initialization.kind()) {
            case NORMAL -> ((Initialization.Normal) initialization).standardDeviation();
            case SCALED_RESIDUAL -> ((Initialization.ScaledResidual) initialization).standardDeviation();
            case PYTORCH_DEFAULT, XAVIER_UNIFORM, TRUNCATED_NORMAL, FAN_IN -> DEVIATION;
        };
    }
}
