package io.nanogpt.impl.interop;

import io.nanogpt.NanogptException;
import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.model.Activation;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Access to the keys of transformers' {@code config.json}; errors name the key and its location. */
final class HubKeys {
    /** The most layers: a longer list is out of proportion to any weights file. */
    private static final int MOST_LAYERS = 1024;

    private final JsonValue root;

    HubKeys(JsonValue root) {
        this.root = root;
    }

    JsonValue root() {
        return root;
    }

    boolean has(String key) {
        return root.optional(key) != null;
    }

    int size(String key) {
        return (int) root.member(key).integer(1, Integer.MAX_VALUE);
    }

    int size(String key, int absent) {
        return has(key) ? size(key) : absent;
    }

    /** A number of at least 0. */
    int count(String key, int absent) {
        JsonValue value = root.optional(key);
        return value == null ? absent : (int) value.integer(0, Integer.MAX_VALUE);
    }

    /** A number of layers. */
    int layers(String key) {
        return (int) root.member(key).integer(1, MOST_LAYERS);
    }

    float number(String key, double absent) {
        JsonValue value = root.optional(key);
        return (float) (value == null ? absent : value.number());
    }

    boolean flag(String key, boolean absent) {
        JsonValue value = root.optional(key);
        return value == null ? absent : value.bool();
    }

    /** Whether a key is present and null, which differs from absent. */
    boolean isNull(String key) {
        JsonValue value = root.members().get(key);
        return value != null && value.isNull();
    }

    <T> T choice(String key, String absent, Function<String, Optional<T>> choices, Stream<String> known) {
        JsonValue value = root.optional(key);
        String name = value == null ? absent : value.string();
        return choices.apply(name)
                .orElseThrow(() -> unsupported(
                        key, name + " is not supported; supported are " + known.collect(Collectors.joining(", "))));
    }

    /** An activation that is not gated. */
    Activation activation(String key, String absent) {
        return choice(key, absent, HubActivations::plain, HubActivations.plainNames());
    }

    /** The activation of a gate. */
    Activation gate(String key, String absent) {
        return choice(key, absent, HubActivations::gated, HubActivations.gatedNames());
    }

    void require(String key, boolean expected) {
        if (flag(key, expected) != expected) {
            throw unsupported(key, "only " + expected + " is supported");
        }
    }

    void requireAbsent(String key) {
        if (has(key)) {
            throw unsupported(key, "this is not supported; use the model without it");
        }
    }

    /** A list with an entry for each layer. */
    List<JsonValue> perLayer(String key, int layers) {
        List<JsonValue> values = root.member(key).elements();
        if (values.size() != layers) {
            throw root.member(key).error("has " + values.size() + " entries for " + layers + " layers");
        }
        return values;
    }

    /**
     * The window of each layer by {@code layer_types}.
     *
     * @param window of the layers that have one
     */
    List<Integer> windows(int layers, int window) {
        return perLayer("layer_types", layers).stream()
                .map(type -> switch (type.string()) {
                    case "full_attention" -> 0;
                    case "sliding_attention" -> window;
                    default ->
                        throw type.error("attention of the type " + type.string()
                                + " is not supported; supported are full_attention, sliding_attention");
                })
                .toList();
    }

    /** An error at a key, or at the whole object if the key is absent. */
    NanogptException unsupported(String key, String what) {
        JsonValue value = root.optional(key);
        return value == null ? root.error(key + ": " + what) : value.error(what);
    }
}
