package io.nanogpt.train;

import java.util.Map;

/**
 * The micro-batches of each step: one at first, and over the warm-up linearly more, rounded down; and the context that
 * their sequences have: a quarter of the model's in the first half of another warm-up, and half of it in the second. A
 * micro-batch has the same tokens whatever their context: each sequence is cut. Immutable.
 *
 * @param most micro-batches of a step after the warm-up, from 1 to 65,536; 1 by default
 * @param warmup the first steps, in which there are fewer; 0 by default
 * @param contextWarmup the first steps, in which the context is shorter; 0 by default
 */
public record BatchSchedule(int most, int warmup, int contextWarmup) {
    private static final int MOST_BATCHES = 65_536;
    private static final String MOST = "accumulate";
    private static final String WARMUP = "batch-warmup";
    private static final String CONTEXT_WARMUP = "context-warmup";

    public BatchSchedule {
        if (most < 1 || most > MOST_BATCHES) {
            throw new IllegalArgumentException("accumulate must be from 1 to " + MOST_BATCHES + ", but is " + most
                    + "; each is a batch that every step computes, and a run is stopped between steps only");
        }
        if (warmup < 0) {
            throw new IllegalArgumentException("batchWarmup must be at least 0, but is " + warmup);
        }
        if (contextWarmup < 0) {
            throw new IllegalArgumentException("contextWarmup must be at least 0, but is " + contextWarmup);
        }
    }

    /** A schedule with the whole context in all steps. */
    public BatchSchedule(int most, int warmup) {
        this(most, warmup, 0);
    }

    /** Returns a schedule of one batch in each step. */
    public static BatchSchedule single() {
        return new BatchSchedule(1, 0);
    }

    /**
     * Returns the schedule that the settings of a run name, see {@link TrainingPlan#settings()}; {@link #single()} if
     * they name none.
     */
    public static BatchSchedule of(Map<String, String> settings) {
        int most = number(settings.getOrDefault(MOST, "1"));
        return new BatchSchedule(
                Math.max(1, Math.min(MOST_BATCHES, most)),
                number(settings.getOrDefault(WARMUP, "0")),
                number(settings.getOrDefault(CONTEXT_WARMUP, "0")));
    }

    private static int number(String text) {
        return text.matches("\\d{1,9}") ? Integer.parseInt(text) : 0;
    }

    /**
     * Returns the micro-batches of a step.
     *
     * @param taken steps taken before it: 0 for the first
     */
    public int batches(int taken) {
        return taken >= warmup ? most : 1 + (int) ((most - 1L) * taken / warmup);
    }

    /**
     * Returns into how many pieces the sequences of a step are cut: 4, 2 or 1.
     *
     * @param taken steps taken before it: 0 for the first
     */
    public int pieces(int taken) {
        if (taken >= contextWarmup) {
            return 1;
        }
        return 2L * taken < contextWarmup ? 4 : 2;
    }

    /**
     * Returns the micro-batches of all steps before one.
     *
     * @param taken the number of these steps
     */
    public long before(int taken) {
        int rising = Math.min(taken, warmup);
        long after = (long) (taken - rising) * most;
        return rising + sumOfQuotients(rising, warmup, most - 1L) + after;
    }

    /** The sum over i below n of {@code floor(factor * i / divisor)}, in logarithmic time. */
    private static long sumOfQuotients(long n, long divisor, long factor) {
        if (n == 0 || factor == 0) {
            return 0;
        }
        return quotients(n, divisor, factor, 0);
    }

    private static long quotients(long n, long divisor, long factor, long offset) {
        long whole = n * (n - 1) / 2 * (factor / divisor) + n * (offset / divisor);
        long rest = factor % divisor;
        long restOffset = offset % divisor;
        long largest = rest * n + restOffset;
        return largest < divisor ? whole : whole + quotients(largest / divisor, rest, divisor, largest % divisor);
    }

    /** Returns the fewest steps that have at least so many micro-batches in all; {@code Integer.MAX_VALUE} at most. */
    public int steps(double batches) {
        int low = 0;
        int high = Integer.MAX_VALUE;
        while (low < high) {
            int middle = low + (high - low) / 2;
            if (before(middle) >= batches) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }
}
