package io.nanogpt.experiment;

import io.nanogpt.spi.Library;
import java.util.List;

/**
 * {@code y = factor * x^exponent + floor}: how a loss falls with the size of the model, the data or the computation
 * (Kaplan et al. 2020; with a floor Hoffmann et al. 2022).
 *
 * <pre>{@code
 * PowerLaw law = PowerLaw.fit(PowerLaw.Scale.PARAMETERS, log.list());
 * double expected = law.at(1e9);
 * }</pre>
 *
 * @param factor above 0
 * @param exponent below 0 where y falls
 * @param floor that y does not fall below, at least 0; 0 where none was fitted
 * @param rSquared share of the variance of {@code ln y} that the law explains
 * @param points that it was fitted to
 */
public record PowerLaw(double factor, double exponent, double floor, double rSquared, int points) {
    /**
     * Fits the final validation losses of the runs that finished, without a floor.
     *
     * @throws IllegalArgumentException if they are of fewer than two sizes
     */
    public static PowerLaw fit(Scale scale, List<Run> runs) {
        List<Run> finished = finished(runs);
        return fit(sizes(scale, finished), losses(finished));
    }

    /**
     * Fits the final validation losses of the runs that finished, with a floor.
     *
     * @throws IllegalArgumentException if they are of fewer than three sizes
     */
    public static PowerLaw fitWithFloor(Scale scale, List<Run> runs) {
        List<Run> finished = finished(runs);
        return fitWithFloor(sizes(scale, finished), losses(finished));
    }

    /**
     * A straight line through {@code ln x} and {@code ln y}, by least squares.
     *
     * @param x all above 0, of at least two values
     * @param y all above 0, as many
     */
    public static PowerLaw fit(double[] x, double[] y) {
        return Library.get().experiments().fit(x, y, false);
    }

    /**
     * The law with a floor whose {@code ln y} has the least squared errors (Levenberg and Marquardt).
     *
     * @param x all above 0, of at least three values
     * @param y all above 0, as many
     */
    public static PowerLaw fitWithFloor(double[] x, double[] y) {
        return Library.get().experiments().fit(x, y, true);
    }

    /** What the law expects at x. */
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

    /** What a {@link PowerLaw} is over. */
    public enum Scale {
        /** Trained numbers of the model, N. */
        PARAMETERS,
        /** Tokens trained on, D, those seen twice counted twice. */
        TOKENS,
        /** Tokens of the training split. */
        DATA,
        /** Floating point operations of the training, 6 N D (Kaplan et al. 2020). */
        COMPUTE;

        private static final double FLOPS = 6;

        /** The size of a run. */
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
