package io.nanogpt.impl.train;

import io.nanogpt.train.DivergencePolicy;

/** Detects divergence, which is a non-finite or exploding loss; remembers the last good loss. */
final class DivergenceDetector {
    private final double bound;
    private float lastGood = Float.NaN;

    DivergenceDetector(DivergencePolicy policy, int vocabularySize) {
        bound = policy.explosion() * Math.max(1, StrictMath.log(vocabularySize));
    }

    boolean isGood(double loss) {
        if (!Double.isFinite(loss) || loss > bound) {
            return false;
        }
        lastGood = (float) loss;
        return true;
    }

    float lastGood() {
        return lastGood;
    }
}
