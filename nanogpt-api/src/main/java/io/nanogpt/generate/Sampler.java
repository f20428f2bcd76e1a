package io.nanogpt.generate;

/** A choice of the next token. Implementations are stateless, so that threads may share one. */
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
