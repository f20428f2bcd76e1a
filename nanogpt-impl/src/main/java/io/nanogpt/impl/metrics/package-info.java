/**
 * Sinks for the metrics of a run. Start reading at {@link io.nanogpt.impl.metrics.Metrics}; a sink is one class.
 * Imports the api and {@code files}.
 */
@NullMarked
package io.nanogpt.impl.metrics;

import org.jspecify.annotations.NullMarked;
