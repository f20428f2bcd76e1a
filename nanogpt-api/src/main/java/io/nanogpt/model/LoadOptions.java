package io.nanogpt.model;

import io.nanogpt.spi.Threads;
import java.util.Objects;

/**
 * Options of loading a saved model. Immutable.
 *
 * <pre>{@code
 * LanguageModel model = LanguageModel.load(folder, LoadOptions.defaults().withPrecision(WeightPrecision.INT8));
 * }</pre>
 *
 * @param threads CPU threads, from 1 to 1024; by default one for each processor
 * @param precision the numbers that are kept as weights; {@link WeightPrecision#F32} by default
 */
public record LoadOptions(int threads, WeightPrecision precision) {
    public LoadOptions {
        Threads.require(threads);
        Objects.requireNonNull(precision, "precision");
    }

    /** Returns options for a thread for each processor and 32-bit floats. */
    public static LoadOptions defaults() {
        return new LoadOptions(Runtime.getRuntime().availableProcessors(), WeightPrecision.F32);
    }

    /** Returns a copy with this number of CPU threads. */
    public LoadOptions withThreads(int value) {
        return new LoadOptions(value, precision);
    }

    /**
     * Returns a copy with this precision of weights. A model of rounded weights generates, evaluates and can be inspected;
     * it cannot be saved, exported, adapted or trained further, for which the weights of its file are needed.
     */
    public LoadOptions withPrecision(WeightPrecision value) {
        return new LoadOptions(threads, value);
    }
}
