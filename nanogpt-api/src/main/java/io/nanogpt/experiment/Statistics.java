package io.nanogpt.experiment;

import io.nanogpt.spi.Library;

/**
 * Mean, standard deviation and confidence interval of a few measurements, such as one for each seed.
 *
 * @param count number of measurements, n
 * @param mean arithmetic mean; NaN without measurements
 * @param deviation sample standard deviation, over n - 1; NaN for fewer than two measurements
 * @param low lower end of the confidence interval of the mean; NaN for fewer than two measurements
 * @param high upper end of the confidence interval of the mean; NaN for fewer than two measurements
 */
public record Statistics(int count, double mean, double deviation, double low, double high) {
    /** Returns the statistics of a sample, with a 95 % confidence interval. */
    public static Statistics of(double... values) {
        return of(0.95, values);
    }

    /**
     * Returns the statistics of a sample, with a confidence interval from Student's t distribution with n - 1 degrees
     * of freedom, which assumes normally distributed measurements.
     *
     * @param confidence confidence level, in (0, 1)
     */
    public static Statistics of(double confidence, double[] values) {
        return Library.get().experiments().statistics(confidence, values);
    }
}
