package io.nanogpt.data;

import java.util.Objects;

/**
 * How a corpus is cut into training, validation and test text, in this order.
 *
 * @param validationFraction share of the validation text, in (0, 1); 0.1 by default
 * @param testFraction share of the test text, in [0, 1), of which training sees nothing; 0, no test text, by default
 * @param unit where a cut may fall
 */
public record SplitOptions(double validationFraction, double testFraction, Unit unit) {
    /** Where a cut may fall. */
    public enum Unit {
        /** At a code point of the joined text: the first part trains. The default, as nanoGPT does. */
        POSITION,
        /** Between records. */
        RECORD,
        /** Between records, and all records of the same text stay on one side. */
        DISTINCT_RECORD
    }

    public SplitOptions {
        Objects.requireNonNull(unit, "unit");
        if (!(validationFraction > 0 && validationFraction < 1)) {
            throw new IllegalArgumentException("validationFraction must be in (0, 1), but is " + validationFraction);
        }
        if (!(testFraction >= 0 && validationFraction + testFraction < 1)) {
            throw new IllegalArgumentException(
                    "testFraction must be at least 0 and leave something for training beside a"
                            + " validationFraction of " + validationFraction + ", but is " + testFraction);
        }
    }

    /** Without a test text. */
    public SplitOptions(double validationFraction, Unit unit) {
        this(validationFraction, 0, unit);
    }

    /** The last tenth, by position. */
    public static SplitOptions defaults() {
        return new SplitOptions(0.1, Unit.POSITION);
    }
}
