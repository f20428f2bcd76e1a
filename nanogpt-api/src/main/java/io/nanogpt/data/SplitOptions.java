package io.nanogpt.data;

import java.util.Objects;

/**
 * The split of a corpus into training, validation and test text, in this order. Immutable.
 *
 * @param validationFraction share of the validation text, in (0, 1); 0.1 by default
 * @param testFraction share of the test text, in [0, 1), which is not used in training; 0, no test text, by default
 * @param unit the unit of the split; {@link Unit#POSITION} by default
 */
public record SplitOptions(double validationFraction, double testFraction, Unit unit) {
    /** The unit at which a corpus is split. */
    public enum Unit {
        /** Any code point of the joined text, as nanoGPT does. */
        POSITION,
        /** Whole records. */
        RECORD,
        /** Whole records; records with the same text stay in the same part. */
        DISTINCT_RECORD
    }

    public SplitOptions {
        Objects.requireNonNull(unit, "unit");
        if (!(validationFraction > 0 && validationFraction < 1)) {
            throw new IllegalArgumentException("validationFraction must be in (0, 1), but is " + validationFraction);
        }
        if (!(testFraction >= 0 && validationFraction + testFraction < 1)) {
            throw new IllegalArgumentException("testFraction must be at least 0 and leave a share for training beside a"
                    + " validationFraction of " + validationFraction + ", but is " + testFraction);
        }
    }

    /** Creates options without a test text. */
    public SplitOptions(double validationFraction, Unit unit) {
        this(validationFraction, 0, unit);
    }

    /** Returns the defaults: the last tenth for validation, by position. */
    public static SplitOptions defaults() {
        return new SplitOptions(0.1, Unit.POSITION);
    }
}
