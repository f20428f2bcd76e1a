package io.nanogpt.impl.interop;

import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.model.Positions;
import io.nanogpt.model.RotaryScaling;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rotary positions in transformers' {@code config.json}: {@code rope_parameters} of transformers 5, or
 * {@code rope_scaling}, {@code rope_theta} and {@code partial_rotary_factor} of transformers 4.
 *
 * @param contextLength tokens of context of the model, transformers' default of the original one
 * @param theta base, where no key has one
 * @param share of rotated features, where no key has one
 */
record HubRotary(int contextLength, double theta, double share) {
    private static final String KNOWN = "default, linear, dynamic, yarn, llama3, longrope";

    /** Reads the positions of all layers. */
    Positions.Rotary read(HubKeys keys) {
        JsonValue scaling = keys.root().optional("rope_scaling");
        return read(keys, scaling == null ? keys.root().optional("rope_parameters") : scaling);
    }

    /**
     * Reads positions.
     *
     * @param parameters of these positions
     */
    Positions.Rotary read(HubKeys keys, @Nullable JsonValue parameters) {
        JsonValue root = keys.root();
        try {
            return new Positions.Rotary(
                    first(theta, "rope_theta", parameters, root),
                    false,
                    first(share, "partial_rotary_factor", parameters, root),
                    parameters == null ? new RotaryScaling.None() : scaling(parameters, root));
        } catch (IllegalArgumentException e) {
            throw (parameters == null ? root : parameters).error("the rotary positions are invalid: " + e.getMessage());
        }
    }

    private static double first(double absent, String key, @Nullable JsonValue parameters, JsonValue root) {
        JsonValue value = parameters == null ? null : parameters.optional(key);
        value = value == null ? root.optional(key) : value;
        return value == null ? absent : value.number();
    }

    private RotaryScaling scaling(JsonValue parameters, JsonValue root) {
        JsonValue type = parameters.optional("rope_type");
        type = type == null ? parameters.optional("type") : type;
        if (type == null) {
            return new RotaryScaling.None();
        }
        return switch (type.string()) {
            // The dynamic kind changes frequencies only in texts longer than the context.
            case "default", "dynamic" -> new RotaryScaling.None();
            case "linear" ->
                new RotaryScaling.Linear(parameters.member("factor").number());
            case "llama3" ->
                new RotaryScaling.Llama3(
                        parameters.member("factor").number(),
                        parameters.member("low_freq_factor").number(),
                        parameters.member("high_freq_factor").number(),
                        original(parameters));
            case "yarn" -> yarn(parameters);
            case "longrope" -> longRope(parameters, root);
            default ->
                throw type.error(
                        "rotary positions of the type " + type.string() + " are not supported; supported are " + KNOWN);
        };
    }

    private int original(JsonValue parameters) {
        JsonValue value = parameters.optional("original_max_position_embeddings");
        return value == null ? contextLength : (int) value.integer(1, Integer.MAX_VALUE);
    }

    private RotaryScaling yarn(JsonValue parameters) {
        int original = original(parameters);
        JsonValue given = parameters.optional("factor");
        double divisor = given == null ? (double) contextLength / original : given.number();
        JsonValue truncate = parameters.optional("truncate");
        return new RotaryScaling.Yarn(
                divisor,
                (float) attentionFactor(parameters, divisor),
                nonZero(parameters, "beta_fast", 32),
                nonZero(parameters, "beta_slow", 1),
                original,
                truncate == null || truncate.bool());
    }

    /** Phi-3 has the original context beside the parameters. */
    private RotaryScaling longRope(JsonValue parameters, JsonValue root) {
        String key = "original_max_position_embeddings";
        int original = original(parameters.optional(key) == null && root.optional(key) != null ? root : parameters);
        JsonValue factor = parameters.optional("factor");
        double longer = factor == null ? (double) contextLength / original : factor.number();
        JsonValue given = parameters.optional("attention_factor");
        double attention = longer <= 1 ? 1 : Math.sqrt(1 + StrictMath.log(longer) / StrictMath.log(original));
        return new RotaryScaling.LongRope(
                numbers(parameters.member("short_factor")),
                numbers(parameters.member("long_factor")),
                (float) (given == null ? attention : given.number()),
                original);
    }

    private static List<Double> numbers(JsonValue array) {
        return array.elements().stream().map(JsonValue::number).toList();
    }

    private static double attentionFactor(JsonValue parameters, double divisor) {
        JsonValue given = parameters.optional("attention_factor");
        if (given != null) {
            return given.number();
        }
        double scale = nonZero(parameters, "mscale", 0);
        double all = nonZero(parameters, "mscale_all_dim", 0);
        return scale != 0 && all != 0
                ? logarithmic(divisor, scale) / logarithmic(divisor, all)
                : logarithmic(divisor, 1);
    }

    private static double logarithmic(double divisor, double scale) {
        return divisor <= 1 ? 1 : 0.1 * scale * StrictMath.log(divisor) + 1;
    }

    private static double nonZero(JsonValue parameters, String key, double otherwise) {
        JsonValue value = parameters.optional(key);
        return value == null || value.number() == 0 ? otherwise : value.number();
    }

    /** Writes the keys of transformers 4 and of transformers 5. */
    static void write(Positions.Rotary rotary, Map<String, Object> keys) {
        Map<String, Object> parameters = parameters(rotary);
        keys.put("rope_theta", rotary.theta());
        keys.put("rope_parameters", parameters);
        if (rotary.share() != 1) {
            keys.put("partial_rotary_factor", rotary.share());
        }
        if (rotary.scaling().kind() != RotaryScaling.Kind.NONE) {
            keys.put("rope_scaling", parameters);
        }
    }

    /** As {@link #write}, for families in which a share of the features is rotated by default. */
    static void writePartial(Positions.Rotary rotary, Map<String, Object> keys) {
        write(rotary, keys);
        keys.put("partial_rotary_factor", rotary.share());
    }

    /** The parameters in the terms of transformers 5. */
    static Map<String, Object> parameters(Positions.Rotary rotary) {
        Map<String, Object> parameters = new LinkedHashMap<>();
        parameters.put("rope_type", rotary.scaling().kind() == RotaryScaling.Kind.NONE ? "default" : type(rotary));
        parameters.put("rope_theta", rotary.theta());
        if (rotary.share() != 1) {
            parameters.put("partial_rotary_factor", rotary.share());
        }
        switch (rotary.scaling().kind()) {
            case NONE -> {}
            case LINEAR -> parameters.put("factor", ((RotaryScaling.Linear) rotary.scaling()).divisor());
            case LLAMA3 -> {
                RotaryScaling.Llama3 scaling = (RotaryScaling.Llama3) rotary.scaling();
                parameters.put("factor", scaling.divisor());
                parameters.put("low_freq_factor", scaling.lowFactor());
                parameters.put("high_freq_factor", scaling.highFactor());
                parameters.put("original_max_position_embeddings", scaling.originalContextLength());
            }
            case YARN -> {
                RotaryScaling.Yarn scaling = (RotaryScaling.Yarn) rotary.scaling();
                parameters.put("factor", scaling.divisor());
                parameters.put("attention_factor", scaling.factor());
                parameters.put("beta_fast", scaling.fast());
                parameters.put("beta_slow", scaling.slow());
                parameters.put("original_max_position_embeddings", scaling.originalContextLength());
                parameters.put("truncate", scaling.truncated());
            }
            case LONGROPE -> {
                RotaryScaling.LongRope scaling = (RotaryScaling.LongRope) rotary.scaling();
                parameters.put("short_factor", scaling.shortDivisors());
                parameters.put("long_factor", scaling.longDivisors());
                parameters.put("attention_factor", scaling.factor());
                parameters.put("original_max_position_embeddings", scaling.originalContextLength());
            }
        }
        return parameters;
    }

    private static String type(Positions.Rotary rotary) {
        return rotary.scaling().kind().name().toLowerCase(Locale.ROOT);
    }
}
