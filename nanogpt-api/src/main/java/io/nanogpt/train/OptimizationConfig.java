package io.nanogpt.train;

import java.util.Objects;

/**
 * How batches become steps.
 *
 * @param optimizer how gradients become steps; {@link AdamW#defaults()} by default
 * @param schedule of the learning rate; constant by default
 * @param gradientClip the largest norm of all gradients together; infinite, for no clipping, by default
 * @param accumulate batches whose gradients make one step together; 1 by default
 */
public record OptimizationConfig(Optimizer optimizer, Schedule schedule, double gradientClip, int accumulate) {
    public OptimizationConfig {
        Objects.requireNonNull(optimizer, "optimizer");
        Objects.requireNonNull(schedule, "schedule");
        if (!(gradientClip > 0)) {
            throw new IllegalArgumentException("gradientClip must be above 0, but is " + gradientClip);
        }
        TrainingConfig.positive("accumulate", accumulate);
    }

    /** AdamW at a constant rate, without clipping and accumulation. */
    public static OptimizationConfig defaults() {
        return new OptimizationConfig(AdamW.defaults(), Schedule.constant(), Double.POSITIVE_INFINITY, 1);
    }

    /** The learning rate of a step. */
    public double learningRate(int taken, int steps) {
        return optimizer.learningRate() * schedule.factor(taken, steps);
    }

    /** Another optimizer. */
    public OptimizationConfig withOptimizer(Optimizer value) {
        return new OptimizationConfig(value, schedule, gradientClip, accumulate);
    }

    /** Another schedule. */
    public OptimizationConfig withSchedule(Schedule value) {
        return new OptimizationConfig(optimizer, value, gradientClip, accumulate);
    }

    /** Another clip. */
    public OptimizationConfig withGradientClip(double value) {
        return new OptimizationConfig(optimizer, schedule, value, accumulate);
    }

    /** Another number of batches a step. */
    public OptimizationConfig withAccumulate(int value) {
        return new OptimizationConfig(optimizer, schedule, gradientClip, value);
    }
}
