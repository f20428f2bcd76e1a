package io.nanogpt.experiment;

import io.nanogpt.train.TrainingSettings;
import java.util.Map;

/** One run of a {@link Grid}: a point with a seed. */
public interface Trial {
    /** The id of its run: the same for the same settings and seed. */
    String id();

    /** Of the point: that of the variant, or the values that vary. */
    String label();

    /** All settings of the point. */
    Map<String, Object> settings();

    /** Of initial weights, batches and dropout. */
    long seed();

    /**
     * Tells a trainer its seed, its threads, where to keep checkpoints and what to log. What is set afterwards replaces
     * it.
     */
    void prepare(TrainingSettings<?> trainer);

    /**
     * A setting.
     *
     * @throws IllegalArgumentException if the point has none of that name
     */
    default Object value(String name) {
        Object value = settings().get(name);
        if (value == null) {
            throw new IllegalArgumentException(
                    "the grid has no setting " + name + "; it has " + settings().keySet());
        }
        return value;
    }

    /** A setting that is a number. */
    default double number(String name) {
        if (value(name) instanceof Number number) {
            return number.doubleValue();
        }
        throw mistaken(name, "a number");
    }

    /** A setting that is a whole number. */
    default int integer(String name) {
        if (value(name) instanceof Number number && number.intValue() == number.doubleValue()) {
            return number.intValue();
        }
        throw mistaken(name, "a whole number");
    }

    /** A setting that is a text. */
    default String text(String name) {
        if (value(name) instanceof String text) {
            return text;
        }
        throw mistaken(name, "a text");
    }

    /** A setting that is true or false. */
    default boolean flag(String name) {
        if (value(name) instanceof Boolean flag) {
            return flag;
        }
        throw mistaken(name, "true or false");
    }

    private IllegalArgumentException mistaken(String name, String expected) {
        return new IllegalArgumentException("the setting " + name + " is not " + expected + ", but " + value(name));
    }
}
