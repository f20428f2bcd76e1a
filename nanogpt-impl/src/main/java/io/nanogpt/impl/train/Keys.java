package io.nanogpt.impl.train;

import io.nanogpt.impl.random.CounterRandom;
import io.nanogpt.impl.random.RandomStream;

/**
 * The keys of a run's random numbers, one per purpose, so that a change to one of them (another evaluation interval,
 * say) leaves the numbers of all others as they were.
 */
record Keys(long seed) {
    long initialWeights() {
        return RandomStream.INITIAL_WEIGHTS.key(seed);
    }

    long trainingBatches() {
        return RandomStream.TRAINING_BATCHES.key(seed);
    }

    /** Of the dropout masks of a step. */
    long dropout(long step) {
        return CounterRandom.bits(RandomStream.DROPOUT.key(seed), step);
    }

    long trainEvaluation() {
        return RandomStream.TRAIN_EVALUATION.key(seed);
    }

    long validationEvaluation() {
        return RandomStream.VALIDATION_EVALUATION.key(seed);
    }
}
