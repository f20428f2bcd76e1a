package io.nanogpt.impl.cpu;

/** A node of the graph, compiled to run on one micro-batch at a time. */
interface Operation {
    void run(MicroBatch microBatch, Worker worker);

    /**
     * Makes room for a longer sequence than those before, where memory grows with the sequence.
     *
     * @param length tokens of the sequence at most
     * @param worker the one that computes whole operations
     */
    default void reserve(int length, Worker worker) {}

    /**
     * The number of parts that threads may compute concurrently when there is a single micro-batch. Each element of the
     * result is computed by one part, with the same bits as by {@link #run(MicroBatch, Worker)}.
     */
    default int parts(MicroBatch microBatch) {
        return 1;
    }

    /** Whether the work is large enough that sharing it with other threads is faster in spite of waking them. */
    default boolean isWorthSharing(MicroBatch microBatch) {
        return false;
    }

    /** Computes one of {@link #parts}. */
    default void run(MicroBatch microBatch, Worker worker, int part) {
        run(microBatch, worker);
    }

    /**
     * The number of equal shares, one or as many as {@code threads} at most, that are worth a thread each when their weights
     * are in its caches. A share computes elements with the same bits as {@link #run(MicroBatch, Worker)}.
     */
    default int shares(MicroBatch microBatch, int threads) {
        return 1;
    }

    /** Computes one of {@link #shares}, of which there are {@code shares}. */
    default void runShare(MicroBatch microBatch, Worker worker, int share, int shares) {
        run(microBatch, worker);
    }
}
