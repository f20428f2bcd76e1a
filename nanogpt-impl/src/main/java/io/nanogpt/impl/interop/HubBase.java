package io.nanogpt.impl.interop;

import io.nanogpt.model.Initialization;
import io.nanogpt.model.TransformerConfig;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** The keys that most families of transformers share. */
final class HubBase {
    private HubBase() {}

    /** A configuration with the sizes, the head and the initialization. */
    static TransformerConfig.Builder read(HubKeys keys) {
        int heads = keys.size("num_attention_heads");
        return TransformerConfig.builder()
                .layers(keys.layers("num_hidden_layers"))
                .embeddingSize(keys.size("hidden_size"))
                .contextLength(keys.size("max_position_embeddings"))
                .vocabularySize(keys.size("vocab_size"))
                .heads(heads)
                .fused(false)
                .tiedHead(keys.flag("tie_word_embeddings", false))
                .initialization(
                        new Initialization.Normal(keys.number("initializer_range", HuggingFaceConfig.DEVIATION)));
    }

    /** The keys of {@link #read}. */
    static void write(TransformerConfig config, Map<String, Object> keys) {
        keys.put("max_position_embeddings", config.contextLength());
        keys.put("hidden_size", config.size().embeddingSize());
        keys.put("num_hidden_layers", config.size().layers());
        keys.put("num_attention_heads", config.attention().heads());
        keys.put("initializer_range", HuggingFaceConfig.deviation(config.initialization()));
    }

    /** The head size of the variations: 0 where a head has its share of the width. */
    static int headSize(HubKeys keys, String key, int absent) {
        int width = keys.size("hidden_size");
        int heads = keys.size("num_attention_heads");
        int size = keys.size(key, absent);
        return width % heads == 0 && size == width / heads ? 0 : size;
    }

    /** The one window of all layers, or 0. */
    static int common(List<Integer> windows) {
        return windows.stream().distinct().count() == 1 ? windows.get(0) : 0;
    }

    /** The windows of layers that differ, or none. */
    static List<Integer> different(List<Integer> windows) {
        return windows.stream().distinct().count() == 1 ? List.of() : windows;
    }

    /** The window of every layer. */
    static List<Integer> windows(TransformerConfig config) {
        return config.variations().windows().isEmpty()
                ? Collections.nCopies(config.size().layers(), config.attention().window())
                : config.variations().windows();
    }

    /** The largest window, that of all layers that have one in these families. */
    static int window(TransformerConfig config) {
        return Collections.max(windows(config));
    }

    /** The {@code layer_types} of a configuration. */
    static List<String> layerTypes(TransformerConfig config) {
        return windows(config).stream()
                .map(window -> window == 0 ? "full_attention" : "sliding_attention")
                .toList();
    }
}
