package io.nanogpt.chart;

import java.util.Objects;

/**
 * The options of a live page. Immutable.
 *
 * @param title the title of the page; "Training" by default
 * @param port the port on the loopback interface; 0, the default, takes a free one
 * @param weights whether to show histograms of the weights at each evaluation; false by default, since it copies all
 *     weights once
 */
public record LiveOptions(String title, int port, boolean weights) {
    /** @throws IllegalArgumentException if the port is not from 0 to 65535 */
    public LiveOptions {
        Objects.requireNonNull(title, "title");
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("port must be from 0 to 65535, 0 for a free one, but is " + port);
        }
    }

    /** Returns the defaults. */
    public static LiveOptions defaults() {
        return new LiveOptions("Training", 0, false);
    }

    /** Returns a copy with this title. */
    public LiveOptions withTitle(String value) {
        return new LiveOptions(value, port, weights);
    }

    /** Returns a copy with this port; 0 takes a free one. */
    public LiveOptions withPort(int value) {
        return new LiveOptions(title, value, weights);
    }

    /** Returns a copy with or without histograms of the weights. */
    public LiveOptions withWeights(boolean value) {
        return new LiveOptions(title, port, value);
    }
}
