package io.nanogpt.train;

import java.util.List;

/**
 * The distribution of the values of a parameter, in bins of equal width.
 *
 * @param name of the parameter
 * @param low the lowest finite value
 * @param high the highest finite value
 * @param counts the number of values in each bin from {@code low} to {@code high}; all are in the first if these are
 *     equal
 */
public record WeightHistogram(String name, double low, double high, List<Integer> counts) {
    /** @throws IllegalArgumentException if there are no bins, or {@code low} is not at most {@code high} */
    public WeightHistogram {
        counts = List.copyOf(counts);
        if (counts.isEmpty() || !(low <= high)) {
            throw new IllegalArgumentException("a histogram needs bins from a lower to a higher value, but has "
                    + counts.size() + " bins from " + low + " to " + high);
        }
    }
}
