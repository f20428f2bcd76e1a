package io.nanogpt.generate;

/** Chooses the next token. Implementations keep no state, so that one may serve many threads. */
@FunctionalInterface
public interface Sampler {
    /**
     * Chooses an id.
     *
     * @param logits one per id; may be overwritten
     * @param uniform a random number in [0, 1)
     */
    int sample(float[] logits, double uniform);
}
