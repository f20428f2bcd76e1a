package io.nanogpt.data;

/** In which order a training run takes examples. Every order is a function of the seed and the step alone. */
public enum Order {
    /** Uniformly at random, each time among all: nanoGPT's way. */
    RANDOM,
    /** In epochs: each once, in an order that is drawn anew for every epoch. */
    SHUFFLED,
    /** In epochs: each once, from the first to the last. */
    SEQUENTIAL
}
