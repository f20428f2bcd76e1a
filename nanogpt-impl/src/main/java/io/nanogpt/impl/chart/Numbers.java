package io.nanogpt.impl.chart;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/**
 * A number format: all labels of an axis have the same decimals and the same unit.
 *
 * @param unit thousands, millions or billions from ten thousand on
 * @param decimals digits after the decimal point
 */
record Numbers(Unit unit, int decimals) {
    private static final double LARGE = 10_000;
    private static final double SMALL = 1e-3;
    /** From here on numbers are powers of ten: 1e20. */
    private static final double HUGE = 1e15;

    private static final int MOST_DECIMALS = 20;

    /** A power of ten and its suffix. */
    private record Unit(double size, String letter) {
        private static final Unit ONE = new Unit(1, "");

        static Unit of(double largest) {
            if (largest < LARGE) {
                return ONE;
            }
            return largest >= 1e9 ? new Unit(1e9, "G") : largest >= 1e6 ? new Unit(1e6, "M") : new Unit(1e3, "k");
        }
    }

    /** The format of multiples of a step. */
    static Numbers inSteps(double step, double largest) {
        Unit unit = Unit.of(largest);
        double relative = step / unit.size;
        int decimals = (int) Math.max(0, -Math.floor(Math.log10(relative) + 1e-9));
        return new Numbers(unit, decimals);
    }

    String format(double value) {
        if (Math.abs(value) >= HUGE || decimals > MOST_DECIMALS) {
            return compact(value);
        }
        return String.format(Locale.ROOT, "%." + decimals + "f", value / unit.size) + (value == 0 ? "" : unit.letter);
    }

    /** Formats with a number of decimals; from 1e15 on with as many significant digits. */
    static String decimals(double value, int decimals) {
        return Math.abs(value) >= HUGE
                ? significant(value, decimals)
                : String.format(Locale.ROOT, "%." + decimals + "f", value);
    }

    /** Formats with at most three significant digits: 0.95, 1.2M, 3e-4. */
    static String compact(double value) {
        return significant(value, 3);
    }

    /** Formats with at most {@code digits} significant digits. */
    static String significant(double value, int digits) {
        if (value == 0 || !Double.isFinite(value)) {
            return value == 0 ? "0" : Double.isNaN(value) ? "not a number" : value > 0 ? "infinite" : "-infinite";
        }
        BigDecimal rounded =
                BigDecimal.valueOf(value).round(new MathContext(digits)).stripTrailingZeros();
        double magnitude = Math.abs(rounded.doubleValue());
        if (magnitude < SMALL || magnitude >= HUGE) {
            int power = rounded.precision() - rounded.scale() - 1;
            return rounded.scaleByPowerOfTen(-power).toPlainString() + "e" + power;
        }
        Unit unit = Unit.of(magnitude);
        BigDecimal shown = rounded.divide(BigDecimal.valueOf(unit.size)).stripTrailingZeros();
        return shown.toPlainString() + unit.letter;
    }
}
