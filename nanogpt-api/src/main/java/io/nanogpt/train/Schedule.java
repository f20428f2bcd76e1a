package io.nanogpt.train;

/**
 * A learning-rate schedule, as a factor of the optimizer's learning rate. A schedule depends on its arguments only, so
 * that a resumed run continues identically.
 */
@FunctionalInterface
public interface Schedule {
    /**
     * Returns the factor of a step: finite and at least 0. A run checks all of its steps before the first.
     *
     * @param taken steps taken before it: 0 for the first
     * @param steps of the whole run
     */
    double factor(int taken, int steps);

    /** Returns a schedule with the optimizer's learning rate at every step. */
    static Schedule constant() {
        return new Schedules.Constant();
    }

    /**
     * Returns a schedule that rises linearly over the warm-up, {@code (taken + 1) / (warmup + 1)}, and falls along half
     * a cosine to the floor (Loshchilov and Hutter 2017).
     *
     * @param warmup warm-up steps
     * @param floor share of the learning rate at the end, in [0, 1]
     */
    static Schedule cosine(int warmup, double floor) {
        return new Schedules.Cosine(warmup, floor);
    }

    /**
     * Returns a schedule that rises linearly over the warm-up and falls linearly to the floor.
     *
     * @param warmup warm-up steps
     * @param floor share of the learning rate at the end, in [0, 1]
     */
    static Schedule linear(int warmup, double floor) {
        return new Schedules.Linear(warmup, floor);
    }

    /**
     * Returns a schedule of warm-up, stable rate and decay (WSD, Hu et al. 2024): it rises linearly over the warm-up,
     * {@code (taken + 1) / warmup}, keeps the optimizer's learning rate, and falls linearly to the floor, which a step
     * after the last would have.
     *
     * @param warmup warm-up steps
     * @param decayShare share of the run in which the rate falls, in [0, 1]; steps of the warm-up do not fall
     * @param floor share of the learning rate at the end, in [0, 1]
     */
    static Schedule warmupStableDecay(int warmup, double decayShare, double floor) {
        return new Schedules.WarmupStableDecay(warmup, decayShare, floor);
    }

    /**
     * Returns a schedule that rises linearly over the warm-up and falls as {@code sqrt((warmup + 1) / (taken + 1))}
     * (Vaswani et al. 2017); without warm-up {@code 1 / sqrt(taken + 1)}.
     *
     * @param warmup warm-up steps
     */
    static Schedule inverseSquareRoot(int warmup) {
        return new Schedules.InverseSquareRoot(warmup);
    }

    /**
     * Returns a one-cycle schedule (Smith and Topin 2018), as PyTorch's {@code OneCycleLR} with cosine annealing: from
     * 1/25 up to the optimizer's learning rate, and down to 1/250,000 of it.
     *
     * @param rise share of the run in which the rate rises, in (0, 1); 0.3 in PyTorch
     */
    static Schedule oneCycle(double rise) {
        return new Schedules.OneCycle(rise);
    }

    /**
     * Returns this schedule over {@code length} steps, whatever the length of the run; its last value holds afterwards.
     */
    default Schedule over(int length) {
        TrainingConfig.positive("the length of a schedule", length);
        return (taken, steps) -> factor(Math.min(taken, length), length);
    }
}
