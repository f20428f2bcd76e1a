package io.nanogpt.impl.ngram;

/**
 * The distributions of the token after each context of one length, with room for what was not seen.
 *
 * @param level the n-grams of contexts and tokens
 * @param counts of each n-gram: occurrences, or the number of distinct tokens before it
 * @param discounts of these counts
 * @param totals the sum of the counts, by context
 * @param reserved the sum of the discounts, by context
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Followers(NgramLevel level, int[] counts, Discounts discounts, long[] totals, double[] reserved) {
    static Followers of(NgramLevel level, int[] counts) {
        int contexts = level.first().length - 1;
        long[] totals = new long[contexts];
        double[] reserved = new double[contexts];
        Discounts discounts = Discounts.of(counts);
        for (int context = 0; context < contexts; context++) {
            for (int child = level.first()[context]; child < level.first()[context + 1]; child++) {
                totals[context] += counts[child];
                reserved[context] += discounts.of(counts[child]);
            }
        }
        return new Followers(level, counts, discounts, totals, reserved);
    }

    /**
     * The probability of a token.
     *
     * @param child its n-gram with the context; -1 if it was not seen
     * @param lower its probability after the shorter context
     */
    double probability(int context, int child, double lower) {
        long total = totals[context];
        if (total == 0) {
            return lower;
        }
        double seen = child < 0 ? 0 : counts[child] - discounts.of(counts[child]);
        return (seen + reserved[context] * lower) / total;
    }

    /** Replaces the probabilities of all tokens after the shorter context by those after this context. */
    void interpolate(int context, double[] probabilities) {
        long total = totals[context];
        if (total == 0) {
            return;
        }
        double lower = reserved[context] / total;
        for (int token = 0; token < probabilities.length; token++) {
            probabilities[token] *= lower;
        }
        for (int child = level.first()[context]; child < level.first()[context + 1]; child++) {
            probabilities[level.tokens()[child]] += (counts[child] - discounts.of(counts[child])) / total;
        }
    }
}
