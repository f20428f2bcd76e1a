package io.nanogpt.train;

import io.nanogpt.LanguageModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * A search for a learning rate by a short run in which it grows exponentially (Smith 2017). The model of that run is
 * discarded.
 *
 * <pre>{@code
 * LearningRateFinder finder = LearningRateFinder.between(1e-6, 1, 200);
 * LearningRateFinder.Result result = finder.find(() -> GPT.builder().training(finder::prepare).train(corpus));
 * GPT.builder().learningRate(result.suggestion()).train(corpus);
 * }</pre>
 */
public final class LearningRateFinder implements TrainingListener {
    /** Decay rate of the exponential moving average of the loss. */
    private static final double SMOOTHING = 0.9;
    /** The run ends when the smoothed loss exceeds its minimum times this factor. */
    private static final double EXPLODED = 2;
    /** Factor from the rate of the lowest loss, which is about to diverge, to the suggestion. */
    private static final double SAFETY = 0.1;

    private final double lowest;
    private final double highest;
    private final int steps;
    private final List<Point> points = new ArrayList<>();
    private double average;
    private double best = Double.POSITIVE_INFINITY;
    private boolean exploded;

    private LearningRateFinder(double lowest, double highest, int steps) {
        if (!(lowest > 0 && lowest < highest) || Double.isInfinite(highest)) {
            throw new IllegalArgumentException(
                    "learning rates must be above 0 and grow, but go from " + lowest + " to " + highest);
        }
        if (steps < 2) {
            throw new IllegalArgumentException("steps must be at least 2, but is " + steps);
        }
        this.lowest = lowest;
        this.highest = highest;
        this.steps = steps;
    }

    /** Returns a search from one rate to another in this number of steps; 1e-6, 1 and 200 suit most models. */
    public static LearningRateFinder between(double lowest, double highest, int steps) {
        return new LearningRateFinder(lowest, highest, steps);
    }

    /**
     * A step of the search.
     *
     * @param learningRate the learning rate of the step
     * @param loss the loss before its update, smoothed over the steps before
     */
    public record Point(double learningRate, double loss) {}

    /**
     * The result of a search.
     *
     * @param points the steps in order
     * @param lowestLoss the learning rate of the lowest smoothed loss
     * @param suggestion a tenth of that rate
     */
    public record Result(List<Point> points, double lowestLoss, double suggestion) {
        public Result {
            points = List.copyOf(points);
        }
    }

    /**
     * Applies the settings of the search: learning rate, schedule, stopping criteria, evaluation and divergence policy.
     */
    public void prepare(TrainingSettings<?> trainer) {
        trainer.learningRate(highest)
                .schedule((taken, planned) -> StrictMath.pow(lowest / highest, 1 - (double) taken / (steps - 1)))
                .stopping(StoppingCriteria.never().withSteps(steps))
                .evaluation(EvaluationConfig.defaults()
                        .withEvery(Integer.MAX_VALUE)
                        .withBatches(1)
                        .withBaselines(false))
                .divergencePolicy(DivergencePolicy.stop().withExplosion(Double.POSITIVE_INFINITY))
                .listener(this);
    }

    /**
     * Runs the search.
     *
     * @param training trains a model with the settings applied by {@link #prepare}
     * @throws IllegalArgumentException if the run took no step
     */
    public Result find(Supplier<LanguageModel> training) {
        points.clear();
        best = Double.POSITIVE_INFINITY;
        exploded = false;
        try {
            Objects.requireNonNull(training, "training").get().close();
        } catch (TrainingDivergedException e) {
            // Expected: the rate is far too high by now, and the points so far are the result.
        }
        return result();
    }

    private Result result() {
        Point lowestLoss = points.stream()
                .min((a, b) -> Double.compare(a.loss(), b.loss()))
                .orElseThrow(() -> new IllegalArgumentException(
                        "the training took no step; apply the prepare method of this finder to its settings"));
        return new Result(points, lowestLoss.learningRate(), SAFETY * lowestLoss.learningRate());
    }

    @Override
    public void onStep(TrainingStep step) {
        average = SMOOTHING * (points.isEmpty() ? 0 : average) + (1 - SMOOTHING) * step.loss();
        double loss = average / (1 - StrictMath.pow(SMOOTHING, points.size() + 1));
        points.add(new Point(step.learningRate(), loss));
        best = Math.min(best, loss);
        exploded |= loss > EXPLODED * best;
    }

    @Override
    public boolean shouldStop() {
        return exploded;
    }
}
