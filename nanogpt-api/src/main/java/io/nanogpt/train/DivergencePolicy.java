package io.nanogpt.train;

/**
 * The reaction of a run to a non-finite or exploding loss. Immutable.
 *
 * @param rollbacks number of times the run rolls back to its last good state with a lower learning rate before it ends
 *     with {@link TrainingDivergedException}; 0 by default
 * @param rollbackFactor factor of the learning rate at each rollback; 0.5 by default
 * @param saveEvery steps between the states to roll back to; 100 by default
 * @param explosion multiple of the loss of uniform guessing, {@code ln(vocabulary)}, above which a loss has exploded;
 *     10 by default, infinite for never
 */
public record DivergencePolicy(int rollbacks, double rollbackFactor, int saveEvery, double explosion) {
    public DivergencePolicy {
        TrainingConfig.positive("saveEvery", saveEvery);
        if (rollbacks < 0) {
            throw new IllegalArgumentException("rollbacks must be at least 0, but is " + rollbacks);
        }
        if (!(rollbackFactor > 0 && rollbackFactor < 1)) {
            throw new IllegalArgumentException("rollbackFactor must be in (0, 1), but is " + rollbackFactor);
        }
        if (!(explosion > 1)) {
            throw new IllegalArgumentException("explosion must be above 1, but is " + explosion);
        }
    }

    /** Returns a policy that ends the run. */
    public static DivergencePolicy stop() {
        return new DivergencePolicy(0, 0.5, 100, 10);
    }

    /** Returns a policy that rolls back up to {@code times} times, each time with half the learning rate. */
    public static DivergencePolicy rollBack(int times) {
        return stop().withRollbacks(times);
    }

    /** Returns a copy with this number of rollbacks. */
    public DivergencePolicy withRollbacks(int value) {
        return new DivergencePolicy(value, rollbackFactor, saveEvery, explosion);
    }

    /** Returns a copy with this factor of the learning rate at each rollback. */
    public DivergencePolicy withRollbackFactor(double value) {
        return new DivergencePolicy(rollbacks, value, saveEvery, explosion);
    }

    /** Returns a copy with this number of steps between the states to roll back to. */
    public DivergencePolicy withSaveEvery(int value) {
        return new DivergencePolicy(rollbacks, rollbackFactor, value, explosion);
    }

    /** Returns a copy with this multiple of the loss of uniform guessing. */
    public DivergencePolicy withExplosion(double value) {
        return new DivergencePolicy(rollbacks, rollbackFactor, saveEvery, value);
    }
}
