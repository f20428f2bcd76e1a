package io.nanogpt.impl.data;

import io.nanogpt.NanogptInterruptedException;
import java.time.Duration;

/**
 * The number of attempts of a request, and the pauses between them: each twice the one before, up to the longest.
 *
 * @param attempts including the first
 */
record RetryPolicy(int attempts, Duration firstPause, Duration longestPause) {
    /** About two minutes in total, for the rate limits of the datasets server. */
    static RetryPolicy standard() {
        return new RetryPolicy(8, Duration.ofSeconds(1), Duration.ofSeconds(40));
    }

    /** Pauses after the given attempt, counted from 0, or as long as the server requires, up to the longest. */
    void pause(int attempt, Duration asked) {
        Duration doubled = firstPause.multipliedBy(1L << Math.min(attempt, 20));
        Duration wanted = doubled.compareTo(asked) > 0 ? doubled : asked;
        Duration bounded = wanted.compareTo(longestPause) < 0 ? wanted : longestPause;
        try {
            Thread.sleep(bounded.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NanogptInterruptedException(
                    "interrupted between two attempts of a download; nothing was written", e);
        }
    }
}
