package io.nanogpt.impl.zoo;

import io.nanogpt.NanogptException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The settings of an architecture in {@code config.json}; errors name the setting. */
final class Settings {
    /** The most layers: more would make a graph out of proportion to any weights file. */
    static final int MOST_LAYERS = 1024;

    private final Map<String, Object> values;

    Settings(Map<String, Object> values) {
        this.values = values;
    }

    /** Whether a setting is given. */
    boolean has(String name) {
        return values.containsKey(name);
    }

    /** A whole number. */
    int integer(String name) {
        return whole(name, number(name));
    }

    /** A list of whole numbers. */
    List<Integer> integers(String name) {
        if (!(values.get(name) instanceof List<?> list)) {
            throw new NanogptException(
                    "setting '" + name + "' must be a list of whole numbers, but is " + values.get(name));
        }
        List<Integer> integers = new ArrayList<>();
        for (Object value : list) {
            integers.add(whole(name, number(name, value)));
        }
        return integers;
    }

    /** A list of numbers. */
    List<Double> numbers(String name) {
        if (!(values.get(name) instanceof List<?> list)) {
            throw new NanogptException("setting '" + name + "' must be a list of numbers, but is " + values.get(name));
        }
        List<Double> numbers = new ArrayList<>();
        for (Object value : list) {
            numbers.add(number(name, value).doubleValue());
        }
        return numbers;
    }

    private static int whole(String name, Number value) {
        if (value.doubleValue() != value.intValue()) {
            throw new NanogptException("setting '" + name + "' must be a whole number, but is " + value);
        }
        return value.intValue();
    }

    /** A whole number up to a bound, for settings with which the cost of building a graph grows. */
    int bounded(String name, int most) {
        int value = integer(name);
        if (value > most) {
            throw new NanogptException("setting '" + name + "' must be at most " + most + ", but is " + value);
        }
        return value;
    }

    Number number(String name) {
        return number(name, values.get(name));
    }

    private static Number number(String name, @Nullable Object value) {
        if (value instanceof Number number) {
            return number;
        }
        throw new NanogptException("setting '" + name + "' must be a number, but is " + value);
    }

    boolean flag(String name) {
        @Nullable Object value = values.get(name);
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw new NanogptException("setting '" + name + "' must be true or false, but is " + value);
    }

    String text(String name) {
        @Nullable Object value = values.get(name);
        if (value instanceof String text) {
            return text;
        }
        throw new NanogptException("setting '" + name + "' must be a string, but is " + value);
    }
}
