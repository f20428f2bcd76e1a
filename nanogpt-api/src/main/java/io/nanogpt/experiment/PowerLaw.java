package io.nanogpt.experiment;

import io.nanogpt.spi.Library;
import java.util.List;

/**
 * A scaling law {@code y = factor * x^exponent + floor} of the loss over the size of the model, the data or the compute
 * (Kaplan et al. 2020; with a floor Hoffmann et al. 2022).
 *
 * <pre>{@code
 * PowerLaw law = PowerLaw.fit(PowerLaw.Scale.PARAMETERS, log.list());
 * double expected = law.at(1e9);
 * }</pre>
 *
 * @param factor above 0
 * @param exponent below 0 if y falls
 * @param floor lower bound of y, at least 0; 0 without a fitted floor
 * @param rSquared share of the variance of {@code ln y} that the law explains
 * @param points number of fitted points
 */
public record PowerLaw(double factor, double exponent, double floor, double rSquared, int points) {
    /**
     * Fits the final validation losses of the finished runs, without a floor.
     *
     * @throws IllegalArgumentException if they are of fewer than two sizes
     */
    public static PowerLaw fit(Scale scale, List<Run> runs) {
        List<Run> finished = finished(runs);
        return fit(sizes(scale, finished), losses(finished));
    }

    /**
     * Fits the final validation losses of the finished runs, with a floor.
     *
     * @throws IllegalArgumentException if they are of fewer than three sizes
     */
    public static PowerLaw fitWithFloor(Scale scale, List<Run> runs) {
        List<Run> finished = finished(runs);
        return fitWithFloor(sizes(scale, finished), losses(finished));
    }

    /**
     * Fits a law without a floor, by linear least squares of {@code ln y} over {@code ln x}.
     *
     * @param x values above 0, at least two of them distinct
     * @param y as many values above 0
     */
    public static PowerLaw fit(double[] x, double[] y) {
        return Library.get().experiments().fit(x, y, false);
    }

    /**
     * Fits a law with a floor, by nonlinear least squares of {@code ln y} (Levenberg and Marquardt).
     *
     * @param x values above 0, at least three of them distinct
     * @param y as many values above 0
     */
    public static PowerLaw fitWithFloor(double[] x, double[] y) {
        return Library.get().experiments().fit(x, y, true);
    }

    /** Returns the predicted value at x. */
    public double at(double x) {
        return factor * Math.pow(x, exponent) + floor;
    }

    private static List<Run> finished(List<Run> runs) {
        return runs.stream().filter(run -> run.state() == Run.State.FINISHED).toList();
    }

    private static double[] sizes(Scale scale, List<Run> runs) {
        return runs.stream().mapToDouble(scale::of).toArray();
    }

    private static double[] losses(List<Run> runs) {
        return runs.stream()
                .mapToDouble(run -> run.finalValidationLoss().orElseThrow())
                .toArray();
    }

    /** The quantity on the x axis of a {@link PowerLaw}. */
    public enum Scale {
        /** Parameters of the model, N. */
        PARAMETERS,
        /** Training tokens, D, counted with repetitions. */
        TOKENS,
        /** Tokens of the training split. */
        DATA,
        /** Floating-point operations of the training, 6 N D (Kaplan et al. 2020). */
        COMPUTE;

        private static final double FLOPS = 6;

        /** Returns the quantity for a run. */
        public double of(Run run) {
            Run.Measures measures = run.measures();
            return switch (this) {
                case PARAMETERS -> measures.parameters();
                case TOKENS -> run.tokens();
                case DATA -> measures.trainTokens();
                case COMPUTE -> FLOPS * measures.parameters() * run.tokens();
            };
        }
    }
}
