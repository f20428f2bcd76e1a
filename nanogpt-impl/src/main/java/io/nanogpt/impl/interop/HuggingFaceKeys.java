package io.nanogpt.impl.interop;

import io.nanogpt.NanogptException;
import io.nanogpt.impl.files.JsonValue;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Access to the keys of transformers' {@code config.json}; errors name the key and its location. */
final class HuggingFaceKeys {
    private static final Set<String> ROPE_TYPE_KEYS = Set.of("rope_type", "type");

    private final JsonValue root;

    HuggingFaceKeys(JsonValue root) {
        this.root = root;
    }

    int size(String key) {
        return (int) root.member(key).integer(1, Integer.MAX_VALUE);
    }

    int size(String key, int absent) {
        return root.optional(key) == null ? absent : size(key);
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

    <T> T choice(String key, String absent, Function<String, Optional<T>> choices) {
        JsonValue value = root.optional(key);
        String name = value == null ? absent : value.string();
        return choices.apply(name).orElseThrow(() -> unsupported(key, name + " is not supported"));
    }

    void require(String key, boolean expected) {
        if (flag(key, expected) != expected) {
            throw unsupported(key, "only " + expected + " is supported");
        }
    }

    void requireAbsent(String key) {
        if (root.optional(key) != null) {
            throw unsupported(key, "this is not supported; use the model without it");
        }
    }

    /** The base of rotary positions, from the keys of transformers 5 or 4. */
    double ropeTheta() {
        requireUnscaled(root.optional("rope_scaling"));
        JsonValue parameters = root.optional("rope_parameters");
        requireUnscaled(parameters);
        JsonValue theta = parameters == null ? null : parameters.optional("rope_theta");
        if (theta == null) {
            theta = root.optional("rope_theta");
        }
        return theta == null ? 10_000 : theta.number();
    }

    private static void requireUnscaled(@Nullable JsonValue rope) {
        if (rope == null) {
            return;
        }
        for (String key : ROPE_TYPE_KEYS) {
            JsonValue type = rope.optional(key);
            if (type != null && !type.string().equals("default")) {
                throw type.error("rotary positions of this type are not supported, only \"default\"");
            }
        }
        JsonValue partial = rope.optional("partial_rotary_factor");
        if (partial != null && partial.number() != 1) {
            throw partial.error("partial rotary positions are not supported, only a factor of 1");
        }
    }

    /** The window of a Qwen2 model that uses one. It must be the same in all layers, as in this library. */
    int slidingWindow() {
        Set<String> types = layerTypes();
        if (types.equals(Set.of("full_attention"))) {
            return 0;
        }
        if (!types.equals(Set.of("sliding_attention"))) {
            throw unsupported("use_sliding_window", "a window in some layers and none in others is not supported");
        }
        return size("sliding_window", 4096);
    }

    private Set<String> layerTypes() {
        JsonValue types = root.optional("layer_types");
        if (types != null) {
            return types.elements().stream().map(JsonValue::string).collect(Collectors.toSet());
        }
        int full = Math.min(size("num_hidden_layers"), size("max_window_layers", 28));
        if (full == 0) {
            return Set.of("sliding_attention");
        }
        return full == size("num_hidden_layers")
                ? Set.of("full_attention")
                : Set.of("full_attention", "sliding_attention");
    }

    /** An error at a key, or at the whole object if the key is absent. */
    NanogptException unsupported(String key, String what) {
        JsonValue value = root.optional(key);
        return value == null ? root.error(key + ": " + what) : value.error(what);
    }
}
