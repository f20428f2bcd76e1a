package io.nanogpt.train;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * How much computation a {@linkplain ChosenRecipe chosen recipe} may take, and how large its saved model may be. Immutable.
 *
 * @param quality of the model; without effect where there is a budget
 * @param budget the time of the whole call on this machine, at least a second; empty to leave it to the quality, so that
 *     every machine chooses the same
 * @param maxBytes the largest size of the saved weights in bytes; {@code Long.MAX_VALUE} for no limit
 */
public record Effort(Quality quality, Optional<Duration> budget, long maxBytes) {
    public Effort {
        Objects.requireNonNull(quality, "quality");
        if (budget.isPresent() && budget.get().compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException("budget must be at least a second, but is " + budget.get());
        }
        if (maxBytes < 1) {
            throw new IllegalArgumentException("maxBytes must be at least 1, but is " + maxBytes);
        }
    }

    /** Returns the default: good quality, and a file of at most 64 MB. */
    public static Effort defaults() {
        return new Effort(Quality.GOOD, Optional.empty(), 64_000_000);
    }

    /** Returns a copy with this quality. */
    public Effort withQuality(Quality value) {
        return new Effort(value, budget, maxBytes);
    }

    /** Returns a copy with this time of the whole call. */
    public Effort withBudget(Duration value) {
        return new Effort(quality, Optional.of(value), maxBytes);
    }

    /** Returns a copy with this largest size of the saved weights. */
    public Effort withMaxBytes(long value) {
        return new Effort(quality, budget, value);
    }
}
