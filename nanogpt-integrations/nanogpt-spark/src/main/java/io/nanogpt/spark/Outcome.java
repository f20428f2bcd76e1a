package io.nanogpt.spark;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * How the task of a worker ended. Tasks throw nothing, so that what went wrong in one can be told from what this did to the
 * others.
 *
 * @param statistics of a worker that finished
 * @param lost which worker this one lost, if it did
 * @param failure what it threw, if anything else
 */
record Outcome(
        @Nullable ExchangeStatistics statistics,
        @Nullable String lost,
        @Nullable Throwable failure) implements Serializable {
    static Outcome finished(ExchangeStatistics statistics) {
        return new Outcome(statistics, null, null);
    }

    static Outcome of(Throwable error) {
        WorkerLostException lost = WorkerLostException.in(error);
        return lost == null ? new Outcome(null, null, error) : new Outcome(null, lost.getMessage(), null);
    }
}
