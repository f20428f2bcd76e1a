package io.nanogpt.graph;

/** How a parameter starts. */
public sealed interface Initializer {
    /** Every element is {@code value}. */
    record Constant(float value) implements Initializer {}

    /** Independent normal draws of mean zero. */
    record Normal(float standardDeviation) implements Initializer {}
}
