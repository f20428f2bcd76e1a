package io.nanogpt.impl.train;

import io.nanogpt.impl.random.CounterRandom;
import io.nanogpt.impl.random.RandomStream;

/**
 * The keys of a run's random numbers, one per purpose, so that a change to one of them (say, another evaluation
 * interval) does not change the numbers of the others.
 */
record Keys(long seed) {
    long initialWeights() {
        return RandomStream.INITIAL_WEIGHTS.key(seed);
    }

    long trainingBatches() {
        return RandomStream.TRAINING_BATCHES.key(seed);
    }

    /** The key of a step's dropout masks. */
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
