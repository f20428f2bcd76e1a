package io.nanogpt.impl.train;

import io.nanogpt.train.DivergencePolicy;

/** Tells losses of a run that goes well from others, and remembers the last good one. */
final class DivergenceDetector {
    private final double bound;
    private float lastGood = Float.NaN;

    DivergenceDetector(DivergencePolicy guards, int vocabularySize) {
        bound = guards.explosion() * Math.max(1, Math.log(vocabularySize));
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
