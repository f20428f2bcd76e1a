package io.nanogpt.experiment;

import io.nanogpt.spi.Library;

/**
 * A sample of a few measurements, such as one of each seed.
 *
 * @param count of measurements, n
 * @param mean NaN of none
 * @param deviation sample standard deviation, over n - 1; NaN of fewer than two
 * @param low end of the confidence interval of the mean; NaN of fewer than two
 * @param high end of the confidence interval of the mean; NaN of fewer than two
 */
public record Statistics(int count, double mean, double deviation, double low, double high) {
    /** With the interval that holds the mean with a probability of 0.95. */
    public static Statistics of(double... values) {
        return of(0.95, values);
    }

    /**
     * With an interval from Student's t distribution with n - 1 degrees of freedom, which takes the measurements as
     * normally distributed.
     *
     * @param confidence the probability that the interval holds the mean, in (0, 1)
     */
    public static Statistics of(double confidence, double[] values) {
        return Library.get().experiments().statistics(confidence, values);
    }
}
