package io.nanogpt.train;

import java.time.Duration;
import java.util.Objects;

/**
 * When a run ends: at whichever of its limits comes first.
 *
 * @param steps optimizer steps
 * @param epochs passes over all examples in an order that has epochs ({@link io.nanogpt.data.Examples.Order}), or over as many
 *     tokens as the training split has where examples are drawn at random
 * @param tokens trained on
 * @param time since the run began, that of an interrupted run before it included; by a clock that does not jump
 * @param patience evaluations in a row that may pass without a lower validation loss
 */
public record StoppingCriteria(int steps, double epochs, long tokens, Duration time, int patience) {
    private static final Duration NEVER = Duration.ofSeconds(Long.MAX_VALUE);

    public StoppingCriteria {
        TrainingConfig.positive("steps", steps);
        TrainingConfig.positive("patience", patience);
        Objects.requireNonNull(time, "time");
        if (!(epochs > 0)) {
            throw new IllegalArgumentException("epochs must be above 0, but is " + epochs);
        }
        if (tokens < 1) {
            throw new IllegalArgumentException("tokens must be at least 1, but is " + tokens);
        }
        if (time.isNegative() || time.isZero()) {
            throw new IllegalArgumentException("time must be above 0, but is " + time);
        }
    }

    /** No limit; a run needs at least one. */
    public static StoppingCriteria never() {
        return new StoppingCriteria(
                Integer.MAX_VALUE, Double.POSITIVE_INFINITY, Long.MAX_VALUE, NEVER, Integer.MAX_VALUE);
    }

    /** Whether something ends the run but patience. */
    public boolean isBounded() {
        return steps < Integer.MAX_VALUE
                || epochs < Double.POSITIVE_INFINITY
                || tokens < Long.MAX_VALUE
                || time.compareTo(NEVER) < 0;
    }

    /** The time in seconds. */
    public double seconds() {
        return time.getSeconds() + time.getNano() / 1e9;
    }

    /**
     * The steps after which the run ends if nothing else ends it before.
     *
     * @param tokensPerEpoch of the sequences of one epoch
     * @param tokensPerStep batch size times context length times accumulation
     */
    public int plannedSteps(long tokensPerEpoch, long tokensPerStep) {
        double byEpochs = Math.ceil(epochs * tokensPerEpoch / tokensPerStep);
        double byTokens = Math.ceil((double) tokens / tokensPerStep);
        return (int) Math.max(1, Math.min(steps, Math.min(byEpochs, byTokens)));
    }

    /** Another number of steps. */
    public StoppingCriteria withSteps(int value) {
        return new StoppingCriteria(value, epochs, tokens, time, patience);
    }

    /** Another number of epochs. */
    public StoppingCriteria withEpochs(double value) {
        return new StoppingCriteria(steps, value, tokens, time, patience);
    }

    /** Another number of tokens. */
    public StoppingCriteria withTokens(long value) {
        return new StoppingCriteria(steps, epochs, value, time, patience);
    }

    /** Another time. */
    public StoppingCriteria withTime(Duration value) {
        return new StoppingCriteria(steps, epochs, tokens, value, patience);
    }

    /** Another number of evaluations. */
    public StoppingCriteria withPatience(int value) {
        return new StoppingCriteria(steps, epochs, tokens, time, value);
    }
}
