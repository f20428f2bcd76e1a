package io.nanogpt.impl.interop;

import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.model.Initialization;
import io.nanogpt.model.TransformerConfig;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The {@code config.json} of Hugging Face's transformers, for the families that this library supports.
 *
 * @param family of the model
 * @param transformer the equivalent configuration of this library
 */
record HuggingFaceConfig(HubFamily family, TransformerConfig transformer) {
    static final String TYPE_KEY = "model_type";

    /** Default standard deviation of initial weights, in transformers and here. */
    static final float DEVIATION = 0.02f;

    /** In the order in which {@link #of} asks them: those that most programs know first. */
    private static final List<HubFamily> FAMILIES = List.of(
            new Gpt2Family(),
            LlamaFamily.LLAMA,
            LlamaFamily.MISTRAL,
            LlamaFamily.QWEN2,
            LlamaFamily.QWEN3,
            LlamaFamily.SMOLLM3,
            LlamaFamily.OLMO2,
            GemmaFamily.GEMMA,
            GemmaFamily.GEMMA2,
            GemmaFamily.GEMMA3_TEXT,
            new GptNeoFamily(),
            new GptNeoxFamily(),
            new OptFamily(),
            new PhiFamily(),
            new StableLmFamily());

    /** Whether {@link #read} supports this model type. */
    static boolean isKnown(String type) {
        return family(type).isPresent();
    }

    private static Optional<HubFamily> family(String type) {
        return FAMILIES.stream().filter(known -> known.type().equals(type)).findFirst();
    }

    /** The types that {@link #read} takes, for a message: {@code gpt2, llama, mistral} and so on. */
    static String knownTypes() {
        return FAMILIES.stream().map(HubFamily::type).collect(Collectors.joining(", "));
    }

    /**
     * Reads a configuration of a known type.
     *
     * @throws io.nanogpt.NanogptException naming the key of an unsupported feature
     */
    static HuggingFaceConfig read(JsonValue root) {
        HubKeys keys = new HubKeys(root);
        keys.requireAbsent("quantization_config");
        HubFamily family = family(root.member(TYPE_KEY).string()).orElseThrow();
        try {
            return new HuggingFaceConfig(family, family.read(keys));
        } catch (IllegalArgumentException e) {
            throw root.error("this model is invalid: " + e.getMessage());
        }
    }

    /** The equivalent of a configuration in transformers, if there is one. */
    static Optional<HuggingFaceConfig> of(TransformerConfig config) {
        return FAMILIES.stream()
                .filter(family -> family.isLike(config))
                .map(family -> new HuggingFaceConfig(family, config))
                .filter(HuggingFaceConfig::isWhole)
                .findFirst();
    }

    /** Whether the keys of the family hold the whole configuration, but for the initialization. */
    private boolean isWhole() {
        String text = new String(JsonObjects.bytes(write()), StandardCharsets.UTF_8);
        TransformerConfig read = family.read(new HubKeys(JsonValue.parse(text, "config.json", "a model")));
        return read.toBuilder()
                .initialization(transformer.initialization())
                .build()
                .equals(transformer);
    }

    /** The names of the weights of a model of a known type. */
    static NameTable names(String type, TransformerConfig transformer) {
        return family(type).orElseThrow().names(transformer);
    }

    /** The names of the weights. */
    NameTable names() {
        return family.names(transformer);
    }

    /** The content of {@code config.json}. */
    Map<String, Object> write() {
        Map<String, Object> keys = new LinkedHashMap<>();
        keys.put("architectures", List.of(family.architecture()));
        keys.put(TYPE_KEY, family.type());
        keys.put("torch_dtype", "float32");
        keys.put("vocab_size", transformer.vocabularySize());
        family.write(transformer, keys);
        keys.put("tie_word_embeddings", transformer.tiedHead());
        if (family.hasPadding()) {
            // Else it is an id that the vocabulary may not have, and whose embedding transformers does not train.
            keys.put("pad_token_id", JsonObjects.NULL);
        }
        return keys;
    }

    /** The only initialization parameter of the format; irrelevant to a trained model. */
    static float deviation(Initialization initialization) {
        return switch (initialization.kind()) {
            case NORMAL -> ((Initialization.Normal) initialization).standardDeviation();
            case SCALED_RESIDUAL -> ((Initialization.ScaledResidual) initialization).standardDeviation();
            case PYTORCH_DEFAULT, XAVIER_UNIFORM, TRUNCATED_NORMAL, FAN_IN -> DEVIATION;
        };
    }
}
