package io.nanogpt.impl.ngram;

import io.nanogpt.NanogptException;
import io.nanogpt.graph.Graph;
import io.nanogpt.model.Architecture;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What {@code config.json} holds of a counted model, which has no graph.
 *
 * @param order the length of the longest n-grams
 * @param vocabularySize the number of token ids
 */
public record NgramArchitecture(int order, int vocabularySize) implements Architecture {
    /** The kind in {@code config.json}. */
    public static final String KIND = "nanogpt-ngram";

    /** The greatest order. */
    public static final int MOST = 16;

    public NgramArchitecture {
        if (order < 1 || order > MOST) {
            throw new IllegalArgumentException(
                    "the order of an n-gram model must be 1 to " + MOST + ", but is " + order);
        }
        if (vocabularySize < 1) {
            throw new IllegalArgumentException("vocabularySize must be at least 1, but is " + vocabularySize);
        }
    }

    /**
     * Reads the settings of a saved model.
     *
     * @throws NanogptException if one is missing or wrong
     */
    public static NgramArchitecture of(Map<String, Object> settings) {
        try {
            return new NgramArchitecture(integer(settings, "order"), integer(settings, "vocabularySize"));
        } catch (IllegalArgumentException e) {
            throw new NanogptException("invalid settings of architecture '" + KIND + "': " + e.getMessage(), e);
        }
    }

    private static int integer(Map<String, Object> settings, String name) {
        if (settings.get(name) instanceof Integer value) {
            return value;
        }
        throw new IllegalArgumentException(name + " must be a whole number, but is " + settings.get(name));
    }

    @Override
    public String kind() {
        return KIND;
    }

    /** The tokens that a prediction depends on; at least 1. */
    @Override
    public int contextLength() {
        return Math.max(1, order - 1);
    }

    @Override
    public Graph graph() {
        throw new UnsupportedOperationException(
                "an n-gram model has counts in place of parameters and a graph; only a model with a graph can be"
                        + " accounted, exported or looked into");
    }

    @Override
    public Map<String, Object> settings() {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("order", order);
        settings.put("vocabularySize", vocabularySize);
        return settings;
    }
}
