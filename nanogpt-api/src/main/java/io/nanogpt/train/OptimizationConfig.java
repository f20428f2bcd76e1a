package io.nanogpt.train;

import java.util.Objects;

/**
 * Optimizers, learning-rate schedule, gradient clipping, gradient accumulation and a warm-up of the momentum. Immutable.
 *
 * @param groups the optimizers of the parameters; {@link AdamW#defaults()} for all by default
 * @param schedule the factor of all learning rates; constant by default
 * @param gradientClip the maximum global norm of the gradients; infinite, for no clipping, by default
 * @param batches micro-batches whose gradients are accumulated per step; one by default
 * @param momentumWarmup the first steps, in which the momentum of {@link Muon} and {@link Sgd} rises linearly from 0.85,
 *     where it is larger than that; 0 by default
 */
public record OptimizationConfig(
        ParameterGroups groups, Schedule schedule, double gradientClip, BatchSchedule batches, int momentumWarmup) {
    private static final double FIRST_MOMENTUM = 0.85;

    public OptimizationConfig {
        Objects.requireNonNull(groups, "groups");
        Objects.requireNonNull(schedule, "schedule");
        if (!(gradientClip > 0)) {
            throw new IllegalArgumentException("gradientClip must be above 0, but is " + gradientClip);
        }
        Objects.requireNonNull(batches, "batches");
        if (momentumWarmup < 0) {
            throw new IllegalArgumentException("momentumWarmup must be at least 0, but is " + momentumWarmup);
        }
    }

    /** Returns the defaults: AdamW at a constant rate, without clipping or accumulation. */
    public static OptimizationConfig defaults() {
        return new OptimizationConfig(
                ParameterGroups.of(AdamW.defaults()),
                Schedule.constant(),
                Double.POSITIVE_INFINITY,
                BatchSchedule.single(),
                0);
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
        return new OptimizationConfig(value, schedule, gradientClip, batches, momentumWarmup);
    }

    /** Returns a copy with this schedule. */
    public OptimizationConfig withSchedule(Schedule value) {
        return new OptimizationConfig(groups, value, gradientClip, batches, momentumWarmup);
    }

    /** Returns a copy with this maximum global norm of the gradients. */
    public OptimizationConfig withGradientClip(double value) {
        return new OptimizationConfig(groups, schedule, value, batches, momentumWarmup);
    }

    /** Returns the micro-batches of a step after the warm-up of the batch. */
    public int accumulate() {
        return batches.most();
    }

    /** Returns a copy with this number of micro-batches per step. */
    public OptimizationConfig withAccumulate(int value) {
        return withBatches(new BatchSchedule(value, batches.warmup(), batches.contextWarmup()));
    }

    /** Returns a copy with this number of steps in which the micro-batches of a step rise from one. */
    public OptimizationConfig withBatchWarmup(int value) {
        return withBatches(new BatchSchedule(batches.most(), value, batches.contextWarmup()));
    }

    /** Returns a copy with this number of first steps in which the context is shorter. */
    public OptimizationConfig withContextWarmup(int value) {
        return withBatches(new BatchSchedule(batches.most(), batches.warmup(), value));
    }

    /** Returns a copy with these micro-batches per step. */
    public OptimizationConfig withBatches(BatchSchedule value) {
        return new OptimizationConfig(groups, schedule, gradientClip, value, momentumWarmup);
    }

    /** Returns a copy with this number of steps in which the momentum rises. */
    public OptimizationConfig withMomentumWarmup(int value) {
        return new OptimizationConfig(groups, schedule, gradientClip, batches, value);
    }

    /**
     * Returns the optimizers of a step, which differ from {@link #groups} in the warm-up of the momentum.
     *
     * @param taken steps taken before it: 0 for the first
     */
    public ParameterGroups groups(int taken) {
        if (taken >= momentumWarmup) {
            return groups;
        }
        double share = (double) taken / momentumWarmup;
        return groups.map(optimizer -> switch (optimizer.kind()) {
            case MUON -> ((Muon) optimizer).withMomentum(rising(((Muon) optimizer).momentum(), share));
            case SGD -> ((Sgd) optimizer).withMomentum(rising(((Sgd) optimizer).momentum(), share));
            case ADAMW, ROWWISE_ADAGRAD, CUSTOM -> optimizer;
        });
    }

    private static double rising(double momentum, double share) {
        double first = Math.min(momentum, FIRST_MOMENTUM);
        return first + share * (momentum - first);
    }
}
