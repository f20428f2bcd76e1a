package io.nanogpt.train;

/**
 * The learning rate over a run, as a factor of the optimizer's. A schedule is a function of its arguments alone, so that
 * a run that is resumed goes on as it would have.
 */
@FunctionalInterface
public interface Schedule {
    /**
     * The factor of a step: finite and at least 0. A run checks it for all of its steps before the first.
     *
     * @param taken steps taken before it: 0 for the first
     * @param steps of the whole run
     */
    double factor(int taken, int steps);

    /** The optimizer's learning rate at every step. */
    static Schedule constant() {
        return new Schedules.Constant();
    }

    /**
     * Rises linearly over the warm-up, {@code (taken + 1) / (warmup + 1)}, and falls along half a cosine to the floor
     * (Loshchilov and Hutter 2017).
     *
     * @param warmup steps
     * @param floor share of the learning rate that is reached at the end, in [0, 1]
     */
    static Schedule cosine(int warmup, double floor) {
        return new Schedules.Cosine(warmup, floor);
    }

    /** Rises linearly over the warm-up and falls linearly to the floor. The arguments are those of {@link #cosine}. */
    static Schedule linear(int warmup, double floor) {
        return new Schedules.Linear(warmup, floor);
    }

    /**
     * Rises linearly over the warm-up and falls as {@code sqrt((warmup + 1) / (taken + 1))} (Vaswani et al. 2017);
     * without warm-up {@code 1 / sqrt(taken + 1)}.
     */
    static Schedule inverseSquareRoot(int warmup) {
        return new Schedules.InverseSquareRoot(warmup);
    }

    /**
     * One cycle (Smith and Topin 2018), as PyTorch's {@code OneCycleLR} with cosine annealing: from 1/25 up to the
     * optimizer's learning rate, and down to 1/250,000 of it.
     *
     * @param rise share of the run that rises, in (0, 1); 0.3 in PyTorch
     */
    static Schedule oneCycle(double rise) {
        return new Schedules.OneCycle(rise);
    }

    /** The same schedule stretched over {@code length} steps whatever the run's length; after them its last value stays. */
    default Schedule over(int length) {
        TrainingConfig.positive("the length of a schedule", length);
        return (taken, steps) -> factor(Math.min(taken, length), length);
    }
}
