package io.nanogpt.impl.train;

import io.nanogpt.train.OptimizationConfig;
import io.nanogpt.train.TrainingConfig;
import io.nanogpt.train.TrainingDivergedException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;

/** What is said of a run that diverged: the loss, the learning rate that was set, and what was not tried yet. */
final class Divergence {
    private static final MathContext THREE_DIGITS = new MathContext(3);
    private static final MathContext ONE_DIGIT = new MathContext(1, RoundingMode.DOWN);
    private static final double SMALL = 1e-3;
    private static final double LARGE = 1e10;

    private Divergence() {}

    /**
     * The exception that ends a run.
     *
     * @param lastGood the last good loss; NaN if there was none
     * @param rate the learning rate of the step, which a schedule or an earlier rollback may have lowered
     */
    static TrainingDivergedException exception(
            TrainingConfig config, int step, double loss, float lastGood, double rate) {
        String advice = step == 0
                ? "The weights that training began with give it, whatever the learning rate: initialize or import others"
                : advice(config, rate);
        return new TrainingDivergedException(
                step,
                "the loss of step " + step + " is " + rounded(loss) + "; the last good loss was "
                        + (Float.isNaN(lastGood) ? "none" : rounded(lastGood)) + ". No saved model was overwritten. "
                        + advice);
    }

    private static String advice(TrainingConfig config, double rate) {
        OptimizationConfig optimization = config.optimization();
        double set = optimization.groups().rest().learningRate();
        List<String> advice = new ArrayList<>();
        advice.add("lower the learning rate (it is set to " + rounded(set)
                + (rate == set ? "" : " and was " + rounded(rate) + " in this step") + "; try "
                + rounded(
                        new BigDecimal(Math.min(set / 3, rate)).round(ONE_DIGIT).doubleValue()) + ")");
        if (!Double.isFinite(optimization.gradientClip())) {
            advice.add("clip gradients with gradientClip(1)");
        }
        if (config.divergencePolicy().rollbacks() == 0) {
            advice.add("roll back with divergencePolicy(DivergencePolicy.rollBack(3))");
        }
        int last = advice.size() - 1;
        String list = last == 0
                ? advice.get(0)
                : String.join(", ", advice.subList(0, last)) + (last == 1 ? " or " : ", or ") + advice.get(last);
        return Character.toUpperCase(list.charAt(0)) + list.substring(1);
    }

    /** Three significant digits: 10, 0.001, 1e-5, 1e30. */
    static String rounded(double value) {
        if (value == 0 || !Double.isFinite(value)) {
            return value == 0 ? "0" : Double.toString(value);
        }
        BigDecimal rounded = BigDecimal.valueOf(value).round(THREE_DIGITS).stripTrailingZeros();
        if (Math.abs(value) >= SMALL && Math.abs(value) < LARGE) {
            return rounded.toPlainString();
        }
        int power = rounded.precision() - rounded.scale() - 1;
        return rounded.scaleByPowerOfTen(-power).toPlainString() + "e" + power;
    }
}
