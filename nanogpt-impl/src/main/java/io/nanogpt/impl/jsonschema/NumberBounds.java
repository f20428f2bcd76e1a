package io.nanogpt.impl.jsonschema;

import java.math.BigDecimal;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/**
 * The bounds of a number.
 *
 * @param least the lower one, or null
 * @param aboveLeast whether it is excluded
 * @param most the upper one, or null
 * @param belowMost whether it is excluded
 */
record NumberBounds(
        @Nullable BigDecimal least,
        boolean aboveLeast,
        @Nullable BigDecimal most,
        boolean belowMost) {
    /** Bounds nearer to zero are taken for this. */
    private static final BigDecimal TINY = BigDecimal.ONE.movePointLeft(NumberPatterns.DIGITS + 1);

    static NumberBounds of(
            @Nullable BigDecimal minimum,
            @Nullable BigDecimal exclusiveMinimum,
            @Nullable BigDecimal maximum,
            @Nullable BigDecimal exclusiveMaximum) {
        boolean above = exclusiveMinimum != null && (minimum == null || exclusiveMinimum.compareTo(minimum) >= 0);
        boolean below = exclusiveMaximum != null && (maximum == null || exclusiveMaximum.compareTo(maximum) <= 0);
        return new NumberBounds(
                tame(above ? exclusiveMinimum : minimum), above, tame(below ? exclusiveMaximum : maximum), below);
    }

    /** Exponents of millions would make numbers of millions of digits. */
    private static @Nullable BigDecimal tame(@Nullable BigDecimal bound) {
        if (bound == null || bound.signum() == 0) {
            return bound == null ? null : BigDecimal.ZERO;
        }
        BigDecimal size = bound.abs();
        BigDecimal tamed = size;
        if (size.compareTo(TINY) < 0) {
            tamed = TINY;
        } else if (size.compareTo(NumberPatterns.LARGEST) > 0) {
            // More than the largest number, so that a lower bound excludes all and an upper one excludes none.
            tamed = NumberPatterns.LARGEST.add(BigDecimal.ONE);
        }
        return bound.signum() < 0 ? tamed.negate() : tamed;
    }

    /** The numbers within the bounds, as a regular expression; empty if there are none. */
    String pattern(boolean whole) {
        if (least == null && most == null) {
            return whole ? NumberPatterns.anyInteger() : NumberPatterns.anyNumber();
        }
        BigDecimal largest = NumberPatterns.LARGEST;
        BigDecimal low = least == null ? largest.negate() : least.max(largest.negate());
        BigDecimal high = most == null ? largest : most.min(largest);
        if (low.compareTo(largest) > 0 || high.compareTo(largest.negate()) < 0) {
            return "";
        }
        int scale = whole ? 0 : scale(low, high);
        BigDecimal step = BigDecimal.ONE.movePointLeft(scale);
        BigDecimal from = low.setScale(scale, RoundingMode.CEILING);
        BigDecimal to = high.setScale(scale, RoundingMode.FLOOR);
        if (aboveLeast && from.compareTo(least == null ? low : least) == 0) {
            from = from.add(step);
        }
        if (belowMost && to.compareTo(most == null ? high : most) == 0) {
            to = to.subtract(step);
        }
        if (from.compareTo(to) > 0) {
            return "";
        }
        return whole ? NumberPatterns.integers(from, to) : NumberPatterns.decimals(from, to, scale);
    }

    /** Digits after the point; an open side asks for none. */
    private int scale(BigDecimal low, BigDecimal high) {
        BigDecimal from = least == null ? high.min(BigDecimal.ZERO) : low;
        BigDecimal to = most == null ? low.max(BigDecimal.ZERO) : high;
        return NumberPatterns.scale(from, to);
    }
}
