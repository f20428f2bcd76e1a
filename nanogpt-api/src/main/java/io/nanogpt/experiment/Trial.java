package io.nanogpt.experiment;

import io.nanogpt.train.TrainingSettings;
import java.util.Map;

/** A run of a {@link Grid} to perform: a point with a seed. */
public interface Trial {
    /** Returns the id of the run, which is a function of settings and seed. */
    String id();

    /** Returns the label of the point: that of the variant, or the varied values. */
    String label();

    /** Returns all settings of the point. */
    Map<String, Object> settings();

    /** Returns the seed of initial weights, batches and dropout. */
    long seed();

    /**
     * Applies seed, threads, checkpoints and the listener of the log to the settings of a run. Settings made afterwards
     * take precedence.
     */
    void prepare(TrainingSettings<?> trainer);

    /**
     * Returns a setting.
     *
     * @throws IllegalArgumentException if the point has no setting of that name
     */
    default Object value(String name) {
        Object value = settings().get(name);
        if (value == null) {
            throw new IllegalArgumentException(
                    "the grid has no setting " + name + "; it has " + settings().keySet());
        }
        return value;
    }

    /** Returns a setting that is a number. */
    default double number(String name) {
        if (value(name) instanceof Number number) {
            return number.doubleValue();
        }
        throw mistaken(name, "a number");
    }

    /** Returns a setting that is an integer. */
    default int integer(String name) {
        if (value(name) instanceof Number number && number.intValue() == number.doubleValue()) {
            return number.intValue();
        }
        throw mistaken(name, "a whole number");
    }

    /** Returns a setting that is a text. */
    default String text(String name) {
        if (value(name) instanceof String text) {
            return text;
        }
        throw mistaken(name, "a text");
    }

    /** Returns a setting that is a boolean. */
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
