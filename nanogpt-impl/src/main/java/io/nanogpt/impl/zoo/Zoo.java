package io.nanogpt.impl.zoo;

import io.nanogpt.NanogptException;
import io.nanogpt.model.Architecture;
import io.nanogpt.model.GptConfig;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The architectures that a saved model may name. */
public final class Zoo {
    private Zoo() {}

    /**
     * Builds an architecture again from what its {@link Architecture#settings()} gave.
     *
     * @throws NanogptException if the kind is unknown or a setting is missing or wrong
     */
    public static Architecture create(String kind, Map<String, Object> settings) {
        if (!kind.equals(CaptionGpt.KIND)) {
            throw new NanogptException("unknown architecture '" + kind + "'; known: " + CaptionGpt.KIND);
        }
        try {
            return new CaptionGpt(new GptConfig(
                    integer(settings, "layers"),
                    integer(settings, "heads"),
                    integer(settings, "embeddingSize"),
                    integer(settings, "contextLength"),
                    integer(settings, "vocabularySize"),
                    number(settings, "dropout").floatValue()));
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new NanogptException("the settings of architecture '" + kind + "' cannot work: " + e.getMessage(), e);
        }
    }

    private static int integer(Map<String, Object> settings, String name) {
        Number value = number(settings, name);
        if (value.doubleValue() != value.intValue()) {
            throw new NanogptException("setting '" + name + "' must be a whole number, but is " + value);
        }
        return value.intValue();
    }

    private static Number number(Map<String, Object> settings, String name) {
        @Nullable Object value = settings.get(name);
        if (value instanceof Number number) {
            return number;
        }
        throw new NanogptException("setting '" + name + "' must be a number, but is " + value);
    }
}
