package io.nanogpt.impl.train;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The weights that a run keeps beside those that it trains.
 *
 * @param best those of the lowest validation loss
 * @param averaged their moving average; null without one
 */
record Kept(BestWeights best, @Nullable AveragedWeights averaged) {
    /** The averages, by parameter; empty without any. */
    Map<String, float[]> averages() {
        return averaged == null ? Map.of() : averaged.copies();
    }
}
