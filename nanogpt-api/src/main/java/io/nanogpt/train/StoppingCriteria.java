package io.nanogpt.train;

import java.time.Duration;
import java.util.Objects;

/**
 * The limits of a run, which ends at the first one reached. Immutable.
 *
 * @param steps optimizer steps
 * @param epochs passes over all examples in an order that has epochs ({@link io.nanogpt.data.Examples.Order}); with
 *     random examples, multiples of the number of tokens of the training split
 * @param tokens training tokens
 * @param time time since the start of the run, by a monotonic clock; a resumed run includes the time before
 * @param patience consecutive evaluations without a lower validation loss
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

    /** Returns criteria without any limit; a run needs at least one. */
    public static StoppingCriteria never() {
        return new StoppingCriteria(
                Integer.MAX_VALUE, Double.POSITIVE_INFINITY, Long.MAX_VALUE, NEVER, Integer.MAX_VALUE);
    }

    /** Whether any limit other than patience is set. */
    public boolean isBounded() {
        return steps < Integer.MAX_VALUE
                || epochs < Double.POSITIVE_INFINITY
                || tokens < Long.MAX_VALUE
                || time.compareTo(NEVER) < 0;
    }

    /** Returns the time in seconds. */
    public double seconds() {
        return time.getSeconds() + time.getNano() / 1e9;
    }

    /**
     * Returns the number of steps after which steps, epochs or tokens end the run.
     *
     * @param tokensPerEpoch the tokens of the sequences of one epoch
     * @param tokensPerBatch batch size times context length
     * @param batches micro-batches of each step
     */
    public int plannedSteps(long tokensPerEpoch, long tokensPerBatch, BatchSchedule batches) {
        int byEpochs = batches.steps(epochs * tokensPerEpoch / tokensPerBatch);
        int byTokens = batches.steps((double) tokens / tokensPerBatch);
        return Math.max(1, Math.min(steps, Math.min(byEpochs, byTokens)));
    }

    /** Returns a copy with this number of steps. */
    public StoppingCriteria withSteps(int value) {
        return new StoppingCriteria(value, epochs, tokens, time, patience);
    }

    /** Returns a copy with this number of epochs. */
    public StoppingCriteria withEpochs(double value) {
        return new StoppingCriteria(steps, value, tokens, time, patience);
    }

    /** Returns a copy with this number of training tokens. */
    public StoppingCriteria withTokens(long value) {
        return new StoppingCriteria(steps, epochs, value, time, patience);
    }

    /** Returns a copy with this time. */
    public StoppingCriteria withTime(Duration value) {
        return new StoppingCriteria(steps, epochs, tokens, value, patience);
    }

    /** Returns a copy with this number of evaluations without a lower validation loss. */
    public StoppingCriteria withPatience(int value) {
        return new StoppingCriteria(steps, epochs, tokens, time, value);
    }
}
