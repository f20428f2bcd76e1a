package io.nanogpt.impl.interop;

import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.spi.ParameterSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The parameters of a model as those of one that computes the same: with queries, keys and values in one matrix or in three,
 * whatever the model has, and zeros for biases that it does not have.
 */
final class RepackedParameters {
    private static final Pattern PART = Pattern.compile("(blocks\\.\\d+\\.attn\\.)(q|k|v|qkv)(\\.weight|\\.bias)");

    private final ParameterSource parameters;
    private final Map<String, ParameterSpec> specs = new LinkedHashMap<>();

    RepackedParameters(ParameterSource parameters) {
        this.parameters = parameters;
        parameters.specs().forEach(spec -> specs.put(spec.name(), spec));
    }

    /** The elements of a parameter, in a new array. */
    float[] read(ParameterSpec wanted) {
        ParameterSpec same = specs.get(wanted.name());
        if (same != null) {
            return elements(same);
        }
        float[] values = new float[wanted.elements()];
        Matcher part = PART.matcher(wanted.name());
        if (part.matches()) {
            String prefix = part.group(1);
            String suffix = part.group(3);
            ParameterSpec packed = specs.get(prefix + "qkv" + suffix);
            if (packed != null) {
                float[] all = elements(packed);
                System.arraycopy(all, begin(part.group(2), values.length, all.length), values, 0, values.length);
                return values;
            }
            int at = 0;
            for (String name : new String[] {"q", "k", "v"}) {
                ParameterSpec single = specs.get(prefix + name + suffix);
                if (single != null) {
                    float[] elements = elements(single);
                    System.arraycopy(elements, 0, values, at, elements.length);
                    at += elements.length;
                }
            }
            if (at > 0) {
                return values;
            }
        }
        if (!wanted.name().endsWith(".bias")) {
            throw new IllegalStateException("the model has no parameter " + wanted.name());
        }
        return values;
    }

    private float[] elements(ParameterSpec spec) {
        float[] values = new float[spec.elements()];
        parameters.read(spec.name(), values);
        return values;
    }

    /** Where a part begins: keys and values are as long as each other, at the end. */
    private static int begin(String part, int length, int all) {
        return switch (part) {
            case "q" -> 0;
            case "k" -> all - 2 * length;
            default -> all - length;
        };
    }
}
