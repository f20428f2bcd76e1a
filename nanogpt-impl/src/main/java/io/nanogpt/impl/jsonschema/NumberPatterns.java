package io.nanogpt.impl.jsonschema;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;

/**
 * Regular expressions of the numbers between two bounds. A number within bounds has at most 15 digits, so that two that
 * differ also differ as a {@code double}.
 */
final class NumberPatterns {
    /** Digits that every {@code double} keeps. */
    static final int DIGITS = 15;

    /** The largest number: 15 nines. */
    static final BigDecimal LARGEST = new BigDecimal(BigInteger.TEN.pow(DIGITS).subtract(BigInteger.ONE));

    /** Digits after the point, where the bounds do not need more. */
    private static final int FRACTION = 6;

    private NumberPatterns() {}

    /** Any whole number of up to 15 digits. */
    static String anyInteger() {
        return "0|-?[1-9]\\d{0,14}";
    }

    /** Any number, with up to 15 digits before and after the point, and an exponent of two. */
    static String anyNumber() {
        return "-?(?:0|[1-9]\\d{0,14})(?:\\.\\d{1,15})?(?:[eE][+\\-]?\\d{1,2})?";
    }

    /** Whole numbers; empty if there are none. */
    static String integers(BigDecimal least, BigDecimal most) {
        return integers(
                least.setScale(0, RoundingMode.CEILING).longValueExact(),
                most.setScale(0, RoundingMode.FLOOR).longValueExact());
    }

    private static String integers(long least, long most) {
        List<String> parts = new ArrayList<>();
        if (least < 0 && Math.max(1, -most) <= -least) {
            parts.add("-" + group(range(Math.max(1, -most), -least)));
        }
        if (most >= 0 && Math.max(0, least) <= most) {
            parts.add(range(Math.max(0, least), most));
        }
        return String.join("|", parts);
    }

    private static String group(String pattern) {
        return "(?:" + pattern + ")";
    }

    /** Whole numbers that are not negative, of each length on its own. */
    private static String range(long least, long most) {
        List<String> parts = new ArrayList<>();
        long from = least;
        for (long limit = 9; from <= most; limit = 10 * limit + 9) {
            if (from <= limit) {
                parts.add(between(Long.toString(from), Long.toString(Math.min(limit, most))));
                from = limit + 1;
            }
        }
        return String.join("|", parts);
    }

    /** Digits between two texts of the same length. */
    private static String between(String least, String most) {
        if (least.isEmpty()) {
            return "";
        }
        char low = least.charAt(0);
        char high = most.charAt(0);
        int rest = least.length() - 1;
        if (low == high) {
            return low + group(between(least.substring(1), most.substring(1)));
        }
        List<String> parts = new ArrayList<>();
        parts.add(low + group(atLeast(least.substring(1))));
        if (low + 1 < high) {
            parts.add(digits((char) (low + 1), (char) (high - 1)) + "\\d{" + rest + "}");
        }
        parts.add(high + group(atMost(most.substring(1))));
        return String.join("|", parts);
    }

    private static String digits(char low, char high) {
        return "[" + low + "-" + high + "]";
    }

    private static String atLeast(String least) {
        if (least.chars().allMatch(digit -> digit == '0')) {
            return "\\d{" + least.length() + "}";
        }
        char low = least.charAt(0);
        String same = low + group(atLeast(least.substring(1)));
        return low == '9' ? same : same + "|" + digits((char) (low + 1), '9') + "\\d{" + (least.length() - 1) + "}";
    }

    private static String atMost(String most) {
        if (most.chars().allMatch(digit -> digit == '9')) {
            return "\\d{" + most.length() + "}";
        }
        char high = most.charAt(0);
        String same = high + group(atMost(most.substring(1)));
        return high == '0' ? same : same + "|" + digits('0', (char) (high - 1)) + "\\d{" + (most.length() - 1) + "}";
    }

    /** The digits after the point that numbers between these bounds may have. */
    static int scale(BigDecimal least, BigDecimal most) {
        int before = Math.max(wholeDigits(least), wholeDigits(most));
        int needed = Math.max(
                FRACTION,
                Math.max(
                        least.stripTrailingZeros().scale(),
                        most.stripTrailingZeros().scale()));
        return Math.max(0, Math.min(needed, DIGITS - before));
    }

    private static int wholeDigits(BigDecimal bound) {
        return bound.abs().toBigInteger().toString().length();
    }

    /**
     * Numbers with a point or without; empty if there are none.
     *
     * @param scale digits after the point that they, and the bounds, have at most
     */
    static String decimals(BigDecimal least, BigDecimal most, int scale) {
        List<String> parts = new ArrayList<>();
        BigDecimal zero = BigDecimal.ZERO;
        if (least.signum() < 0) {
            String negative = unsigned(most.negate().max(zero), least.negate(), scale);
            if (!negative.isEmpty()) {
                parts.add("-" + group(negative));
            }
        }
        if (most.signum() >= 0) {
            parts.add(unsigned(least.max(zero), most, scale));
        }
        return String.join("|", parts.stream().filter(part -> !part.isEmpty()).toList());
    }

    private static String unsigned(BigDecimal least, BigDecimal most, int scale) {
        if (least.compareTo(most) > 0) {
            return "";
        }
        long low = least.setScale(0, RoundingMode.FLOOR).longValueExact();
        long high = most.setScale(0, RoundingMode.FLOOR).longValueExact();
        String lowFraction = fraction(least, low, scale);
        String highFraction = fraction(most, high, scale);
        boolean wholeLow = lowFraction.chars().allMatch(digit -> digit == '0');
        if (low == high) {
            return low + (wholeLow ? upTo(highFraction) : point(fractionBetween(lowFraction, highFraction)));
        }
        List<String> parts = new ArrayList<>();
        long first = wholeLow ? low : low + 1;
        if (first < high) {
            String free = scale == 0 ? "" : "(?:\\.\\d{1," + scale + "})?";
            parts.add(group(range(first, high - 1)) + free);
        }
        if (!wholeLow) {
            parts.add(low + point(fractionAtLeast(lowFraction)));
        }
        parts.add(high + upTo(highFraction));
        return String.join("|", parts);
    }

    private static String fraction(BigDecimal bound, long whole, int scale) {
        String digits = bound.subtract(BigDecimal.valueOf(whole))
                .movePointRight(scale)
                .setScale(0, RoundingMode.UNNECESSARY)
                .toPlainString();
        return scale == 0 ? "" : "0".repeat(scale - digits.length()) + digits;
    }

    private static String point(String fraction) {
        return "\\." + group(fraction);
    }

    /** No fraction, or one up to a limit. */
    private static String upTo(String most) {
        return most.isEmpty() ? "" : group("\\." + group(fractionAtMost(most))) + "?";
    }

    private static String more(int digits) {
        return digits == 0 ? "" : "\\d{0," + digits + "}";
    }

    private static String fractionAtMost(String most) {
        char high = most.charAt(0);
        int rest = most.length() - 1;
        String same = rest == 0 ? "" + high : high + group(fractionAtMost(most.substring(1))) + "?";
        return high == '0' ? same : digits('0', (char) (high - 1)) + more(rest) + "|" + same;
    }

    private static String fractionAtLeast(String least) {
        int rest = least.length() - 1;
        if (least.chars().allMatch(digit -> digit == '0')) {
            return "\\d" + more(rest);
        }
        char low = least.charAt(0);
        String following = least.substring(1);
        boolean ends = following.chars().allMatch(digit -> digit == '0');
        String same = low + (ends ? more(rest) : group(fractionAtLeast(following)));
        return low == '9' ? same : digits((char) (low + 1), '9') + more(rest) + "|" + same;
    }

    private static String fractionBetween(String least, String most) {
        if (least.chars().allMatch(digit -> digit == '0')) {
            return fractionAtMost(most);
        }
        char low = least.charAt(0);
        char high = most.charAt(0);
        int rest = least.length() - 1;
        String lowRest = least.substring(1);
        boolean lowEnds = lowRest.chars().allMatch(digit -> digit == '0');
        if (low == high) {
            String following = rest == 0 ? "" : group(fractionBetween(lowRest, most.substring(1)));
            return low + (lowEnds && rest > 0 ? following + "?" : following);
        }
        List<String> parts = new ArrayList<>();
        parts.add(low + (lowEnds ? more(rest) : group(fractionAtLeast(lowRest))));
        if (low + 1 < high) {
            parts.add(digits((char) (low + 1), (char) (high - 1)) + more(rest));
        }
        parts.add(high + (rest == 0 ? "" : group(fractionAtMost(most.substring(1))) + "?"));
        return String.join("|", parts);
    }
}
