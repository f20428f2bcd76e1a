package io.nanogpt.impl.cpu;

/** A node of the graph made executable for one slice at a time. */
interface Operation {
    void run(MicroBatch slice, Worker worker);

    /**
     * Parts that threads may compute at the same time, where a slice is alone. Each number of the result is
     * computed by one part as {@link #run(MicroBatch, Worker)} would.
     */
    default int parts(MicroBatch slice) {
        return 1;
    }

    /** Whether there is so much to do that other threads save more time than it takes to hand parts to them. */
    default boolean isWorthSharing(MicroBatch slice) {
        return false;
    }

    /** Computes one of {@link #parts}. */
    default void run(MicroBatch slice, Worker worker, int part) {
        run(slice, worker);
    }
}
