package io.nanogpt.train;

/** An update rule of the parameters. */
public sealed interface Optimizer permits AdamW, Sgd {
    /** The kinds of optimizers. */
    enum Kind {
        /** {@link AdamW}. */
        ADAMW,
        /** {@link Sgd}. */
        SGD
    }

    /** Returns the kind of this optimizer, for exhaustive switches. */
    Kind kind();

    /** Returns the learning rate before any schedule. */
    double learningRate();

    /** Returns a copy with this learning rate. */
    Optimizer withLearningRate(double value);

    /** Returns a copy with this weight decay. */
    Optimizer withWeightDecay(double value);
}
