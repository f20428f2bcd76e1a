package io.nanogpt.train;

/** The rule that turns gradients into steps. */
public sealed interface Optimizer permits AdamW, Sgd {
    /** The rules that there are. */
    enum Kind {
        /** {@link AdamW}. */
        ADAMW,
        /** {@link Sgd}. */
        SGD
    }

    /** Which one this is; switches over it need no default. */
    Kind kind();

    /** The learning rate before any schedule. */
    double learningRate();

    /** The same rule with another learning rate. */
    Optimizer withLearningRate(double value);

    /** The same rule with another weight decay. */
    Optimizer withWeightDecay(double value);
}
