package io.nanogpt.train;

import java.util.Objects;

/**
 * Optimizers, learning-rate schedule, gradient clipping and gradient accumulation. Immutable.
 *
 * @param groups the optimizers of the parameters; {@link AdamW#defaults()} for all by default
 * @param schedule the factor of all learning rates; constant by default
 * @param gradientClip the maximum global norm of the gradients; infinite, for no clipping, by default
 * @param accumulate micro-batches whose gradients are accumulated per step; 1 by default
 */
public record OptimizationConfig(ParameterGroups groups, Schedule schedule, double gradientClip, int accumulate) {
    public OptimizationConfig {
        Objects.requireNonNull(groups, "groups");
        Objects.requireNonNull(schedule, "schedule");
        if (!(gradientClip > 0)) {
            throw new IllegalArgumentException("gradientClip must be above 0, but is " + gradientClip);
        }
        TrainingConfig.positive("accumulate", accumulate);
    }

    /** Returns the defaults: AdamW at a constant rate, without clipping or accumulation. */
    public static OptimizationConfig defaults() {
        return new OptimizationConfig(
                ParameterGroups.of(AdamW.defaults()), Schedule.constant(), Double.POSITIVE_INFINITY, 1);
    }

    /**
     * Returns the factor of all learning rates in a step.
     *
     * @param taken steps taken before it: 0 for the first
     * @param steps of the whole run
     * @throws IllegalArgumentException if the factor of the schedule is negative or not finite; the message names the
     *     schedule, the step and the factor
     */
    public double rateFactor(int taken, int steps) {
        double factor = schedule.factor(taken, steps);
        if (!(factor >= 0 && factor < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("the schedule " + schedule + " gives the factor " + factor
                    + " for step " + (taken + 1) + " of " + steps
                    + "; a factor of the learning rate must be finite and at least 0");
        }
        return factor;
    }

    /**
     * Returns the learning rate of a step, of the parameters that no group selects.
     *
     * @param taken steps taken before it: 0 for the first
     * @param steps of the whole run
     * @throws IllegalArgumentException as {@link #rateFactor}
     */
    public double learningRate(int taken, int steps) {
        return groups.rest().learningRate() * rateFactor(taken, steps);
    }

    /** Returns a copy with this optimizer of all parameters. */
    public OptimizationConfig withOptimizer(Optimizer value) {
        return withGroups(ParameterGroups.of(value));
    }

    /** Returns a copy with these optimizers of groups of parameters. */
    public OptimizationConfig withGroups(ParameterGroups value) {
        return new OptimizationConfig(value, schedule, gradientClip, accumulate);
    }

    /** Returns a copy with this schedule. */
    public OptimizationConfig withSchedule(Schedule value) {
        return new OptimizationConfig(groups, value, gradientClip, accumulate);
    }

    /** Returns a copy with this maximum global norm of the gradients. */
    public OptimizationConfig withGradientClip(double value) {
        return new OptimizationConfig(groups, schedule, value, accumulate);
    }

    /** Returns a copy with this number of micro-batches per step. */
    public OptimizationConfig withAccumulate(int value) {
        return new OptimizationConfig(groups, schedule, gradientClip, value);
    }
}
