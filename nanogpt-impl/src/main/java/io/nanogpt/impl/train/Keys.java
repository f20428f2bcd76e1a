package io.nanogpt.impl.train;

import io.nanogpt.impl.random.CounterRandom;

/**
 * The keys of a run's random numbers, one per purpose, so that a change to one of them (another evaluation interval,
 * say) leaves the numbers of all others as they were.
 */
record Keys(long seed) {
    long initialWeights() {
        return CounterRandom.key(seed, 1);
    }

    long trainingBatches() {
        return CounterRandom.key(seed, 2);
    }

    /** Of the dropout masks of a step. */
    long dropout(long step) {
        return CounterRandom.bits(CounterRandom.key(seed, 3), step);
    }

    long trainEvaluation() {
        return CounterRandom.key(seed, 4);
    }

    long validationEvaluation() {
        return CounterRandom.key(seed, 5);
    }
}
