package io.nanogpt.train;

/** The rule that turns gradients into steps. */
public sealed interface Optimizer permits AdamW {
    /** The learning rate before any schedule. */
    double learningRate();
}
