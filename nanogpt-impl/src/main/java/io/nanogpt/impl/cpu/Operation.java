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
}
