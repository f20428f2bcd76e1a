package io.nanogpt.impl.experiment;

import io.nanogpt.experiment.PowerLaw;
import java.util.Arrays;
import org.apache.commons.math3.exception.TooManyEvaluationsException;
import org.apache.commons.math3.exception.TooManyIterationsException;
import org.apache.commons.math3.fitting.leastsquares.LeastSquaresBuilder;
import org.apache.commons.math3.fitting.leastsquares.LeastSquaresOptimizer.Optimum;
import org.apache.commons.math3.fitting.leastsquares.LeastSquaresProblem;
import org.apache.commons.math3.fitting.leastsquares.LevenbergMarquardtOptimizer;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.RealVector;
import org.apache.commons.math3.stat.StatUtils;
import org.apache.commons.math3.stat.regression.SimpleRegression;
import org.apache.commons.math3.util.Pair;

/** Fits power laws in log space, minimising relative error. */
final class PowerLaws {
    /** Initial floors of the searches, as fractions of the lowest y. */
    private static final double[] STARTS = {0.1, 0.5, 0.9};

    private static final int MOST_EVALUATIONS = 10_000;

    private final double[] logX;
    private final double[] y;
    private final double[] logY;
    private final double lowest;

    private PowerLaws(double[] x, double[] y) {
        logX = logarithms("x", x);
        this.y = y;
        logY = logarithms("y", y);
        lowest = StatUtils.min(y);
    }

    static PowerLaw fit(double[] x, double[] y, boolean floor) {
        int needed = floor ? 3 : 2;
        long sizes = Arrays.stream(x).distinct().count();
        if (x.length != y.length || sizes < needed) {
            throw new IllegalArgumentException("a power law " + (floor ? "with" : "without")
                    + " a floor needs finished runs of at"
                    + " least " + needed + " sizes, but there are " + x.length + " points of " + sizes
                    + " sizes and " + y.length + " losses");
        }
        PowerLaws points = new PowerLaws(x, y);
        PowerLaw line = points.line(0);
        return floor ? points.withFloor(line) : line;
    }

    private static double[] logarithms(String name, double[] values) {
        double[] logarithms = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            if (!(values[i] > 0) || Double.isInfinite(values[i])) {
                throw new IllegalArgumentException(
                        "a power law needs finite numbers above 0, but " + name + " " + i + " is " + values[i]);
            }
            logarithms[i] = Math.log(values[i]);
        }
        return logarithms;
    }

    /** Fits a line in log space above a given floor. */
    private PowerLaw line(double floor) {
        SimpleRegression regression = new SimpleRegression();
        for (int i = 0; i < y.length; i++) {
            regression.addData(logX[i], Math.log(y[i] - floor));
        }
        return law(regression.getIntercept(), regression.getSlope(), floor);
    }

    /** The best of searches from several floors, and of the line itself, which has no floor. */
    private PowerLaw withFloor(PowerLaw line) {
        PowerLaw best = line;
        for (double start : STARTS) {
            try {
                PowerLaw found = search(line(start * lowest));
                best = found.rSquared() > best.rSquared() ? found : best;
            } catch (TooManyEvaluationsException | TooManyIterationsException e) {
                // Diverged towards a floor of 0, which is the line.
            }
        }
        return best;
    }

    private PowerLaw search(PowerLaw start) {
        double[] logarithms = {Math.log(start.factor()), start.exponent(), Math.log(start.floor())};
        LeastSquaresProblem problem = new LeastSquaresBuilder()
                .start(logarithms)
                .model(this::valuesAndDerivatives)
                .target(logY)
                .lazyEvaluation(false)
                .maxEvaluations(MOST_EVALUATIONS)
                .maxIterations(MOST_EVALUATIONS)
                .build();
        Optimum optimum = new LevenbergMarquardtOptimizer().optimize(problem);
        RealVector found = optimum.getPoint();
        return law(found.getEntry(0), found.getEntry(1), Math.exp(found.getEntry(2)));
    }

    /** Values of {@code ln(exp(a + b ln x) + exp(c))} and their derivatives by a, b and c. */
    private Pair<RealVector, RealMatrix> valuesAndDerivatives(RealVector point) {
        double[] values = new double[y.length];
        double[][] derivatives = new double[y.length][];
        double floor = Math.exp(point.getEntry(2));
        for (int i = 0; i < y.length; i++) {
            double power = Math.exp(point.getEntry(0) + point.getEntry(1) * logX[i]);
            double sum = power + floor;
            values[i] = Math.log(sum);
            derivatives[i] = new double[] {power / sum, logX[i] * power / sum, floor / sum};
        }
        return new Pair<>(new ArrayRealVector(values, false), new Array2DRowRealMatrix(derivatives, false));
    }

    private PowerLaw law(double logFactor, double exponent, double floor) {
        double residual = 0;
        for (int i = 0; i < y.length; i++) {
            double error = logY[i] - Math.log(Math.exp(logFactor + exponent * logX[i]) + floor);
            residual += error * error;
        }
        double total = StatUtils.populationVariance(logY) * y.length;
        // A flat law explains equal losses completely.
        double rSquared = total == 0 ? 1 : 1 - residual / total;
        return new PowerLaw(Math.exp(logFactor), exponent, floor, rSquared, y.length);
    }
}
