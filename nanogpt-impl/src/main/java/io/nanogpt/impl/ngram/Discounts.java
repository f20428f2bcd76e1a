package io.nanogpt.impl.ngram;

/**
 * What is subtracted from the counts of n-grams of one length for those that were not seen: modified Kneser-Ney (Chen
 * and Goodman 1998), with a discount for counts of one, of two and of more, estimated from the numbers of n-grams of
 * each count. Where a count of one to four does not occur, or the estimates are not between 0 and the count, all are
 * discounted by {@value #FALLBACK}.
 *
 * @param one of a count of one
 * @param two of a count of two
 * @param more of greater counts
 */
record Discounts(double one, double two, double more) {
    private static final double FALLBACK = 0.75;

    static Discounts of(int[] counts) {
        double[] number = new double[5];
        for (int count : counts) {
            if (count > 0 && count < number.length) {
                number[count]++;
            }
        }
        double y = number[1] / (number[1] + 2 * number[2]);
        Discounts modified = new Discounts(
                1 - 2 * y * number[2] / number[1],
                2 - 3 * y * number[3] / number[2],
                3 - 4 * y * number[4] / number[3]);
        return number[4] > 0 && modified.isValid() ? modified : new Discounts(FALLBACK, FALLBACK, FALLBACK);
    }

    /** False for estimates that are not numbers, too. */
    private boolean isValid() {
        return one > 0 && one <= 1 && two > 0 && two <= 2 && more > 0 && more <= 3;
    }

    double of(int count) {
        return switch (count) {
            case 0 -> 0;
            case 1 -> one;
            case 2 -> two;
            default -> more;
        };
    }
}
