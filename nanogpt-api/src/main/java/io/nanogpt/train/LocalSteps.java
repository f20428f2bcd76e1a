package io.nanogpt.train;

import java.io.Serializable;
import java.util.Objects;

/**
 * Steps that replicas of a model take by themselves between two exchanges: DiLoCo (Douillard et al. 2023). Each micro-batch of a
 * step trains a replica of its own; every so many steps the changes of all replicas are averaged, the outer optimizer
 * takes the average as a gradient, and all replicas go on from its result. Immutable.
 *
 * @param every steps between two exchanges, from 1; 30 by default, and 20 to 50 are usual
 * @param outer the outer optimizer; by default Nesterov momentum of 0.9 at a learning rate of 0.7
 */
public record LocalSteps(int every, Sgd outer) implements Serializable {
    private static final int DEFAULT_EVERY = 30;
    private static final double DEFAULT_RATE = 0.7;
    private static final double DEFAULT_MOMENTUM = 0.9;

    public LocalSteps {
        TrainingConfig.positive("localSteps", every);
        Objects.requireNonNull(outer, "outer");
    }

    /** Returns an exchange every 30 steps, and the default outer optimizer. */
    public static LocalSteps defaults() {
        return new LocalSteps(DEFAULT_EVERY, new Sgd(DEFAULT_RATE, DEFAULT_MOMENTUM, 0, true));
    }

    /** Returns a copy with this number of steps between two exchanges. */
    public LocalSteps withEvery(int value) {
        return new LocalSteps(value, outer);
    }

    /** Returns a copy with this outer optimizer. */
    public LocalSteps withOuter(Sgd value) {
        return new LocalSteps(every, value);
    }
}
