package io.nanogpt.impl.random;

/**
 * The independent streams of random numbers of one seed. A change to what one of them draws leaves the numbers of all
 * others as they were. The numbers of the streams are part of every result: they never change and none is used again.
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
    /** Tokens that are generated. */
    GENERATION(101),
    /** Windows of a text whose loss is measured. */
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
