package io.nanogpt.impl.random;

/**
 * The independent streams of random numbers of one seed. A change to the draws of one does not change the numbers of
 * the others. The stream numbers are part of every result: they never change, and none is reused.
 */
public enum RandomStream {
    /** Initial weights. */
    INITIAL_WEIGHTS(1),
    /** Batches of training steps. */
    TRAINING_BATCHES(2),
    /** Dropout masks. */
    DROPOUT(3),
    /** Batches of the training split in evaluations. */
    TRAIN_EVALUATION(4),
    /** Batches of the validation split in evaluations. */
    VALIDATION_EVALUATION(5),
    /** Generated tokens. */
    GENERATION(101),
    /** Random windows of a text evaluation. */
    TEXT_EVALUATION(102),
    /** Tokens on which two decoders are compared. */
    DECODER_COMPARISON(103);

    private final long number;

    RandomStream(long number) {
        this.number = number;
    }

    /** The key of this stream for a seed. */
    public long key(long seed) {
        return CounterRandom.key(seed, number);
    }
}
