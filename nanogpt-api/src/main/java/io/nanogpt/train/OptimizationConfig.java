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

    /**
     * The learning rate of a step.
     *
     * @param taken steps taken before it: 0 for the first
     * @param steps of the whole run
     * @throws IllegalArgumentException if the schedule gives no finite factor of at least 0, naming it, the step and the
     *     factor
     */
    public double learningRate(int taken, int steps) {
        double factor = schedule.factor(taken, steps);
        if (!(factor >= 0 && factor < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("the schedule " + schedule + " gives the factor " + factor
                    + " for step " + (taken + 1) + " of " + steps
                    + "; a factor of the learning rate must be finite and at least 0");
        }
        return optimizer.learningRate() * factor;
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
