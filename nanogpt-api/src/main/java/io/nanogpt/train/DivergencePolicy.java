package io.nanogpt.train;

/**
 * What a run does when its loss is not a number or explodes.
 *
 * @param rollbacks how many times the run goes back to its last good state with a lower learning rate before it ends with
 *     {@link TrainingDivergedException}; 0 by default
 * @param rollbackFactor of the learning rate at each of them; 0.5 by default
 * @param saveEvery steps between the states it can go back to; 100 by default
 * @param explosion a loss above this many times that of guessing, {@code ln(vocabulary)}, counts as exploded; 10 by
 *     default, infinite for never
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

    /** The run ends. */
    public static DivergencePolicy stop() {
        return new DivergencePolicy(0, 0.5, 100, 10);
    }

    /** The run goes back, up to so many times, each time with half the learning rate. */
    public static DivergencePolicy rollBack(int times) {
        return stop().withRollbacks(times);
    }

    /** Another number of times to go back. */
    public DivergencePolicy withRollbacks(int value) {
        return new DivergencePolicy(value, rollbackFactor, saveEvery, explosion);
    }

    /** Another factor of the learning rate. */
    public DivergencePolicy withRollbackFactor(double value) {
        return new DivergencePolicy(rollbacks, value, saveEvery, explosion);
    }

    /** Another number of steps between states to go back to. */
    public DivergencePolicy withSaveEvery(int value) {
        return new DivergencePolicy(rollbacks, rollbackFactor, value, explosion);
    }

    /** Another multiple of the loss of guessing. */
    public DivergencePolicy withExplosion(double value) {
        return new DivergencePolicy(rollbacks, rollbackFactor, saveEvery, value);
    }
}
