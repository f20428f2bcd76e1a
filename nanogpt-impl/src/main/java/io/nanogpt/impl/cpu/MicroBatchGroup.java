package io.nanogpt.impl.cpu;

/**
 * The slices whose activations are in memory at the same time, {@code from} to {@code to - 1}. A batch is computed wave
 * by wave, so that its memory, and with it the traffic to and from the caches, is that of one wave.
 */
final class MicroBatchGroup {
    final MicroBatch[] slices;
    int from;
    int to;
    /** Whether no slice of the batch was summed before this wave. */
    boolean first;

    MicroBatchGroup(MicroBatch[] slices) {
        this.slices = slices;
    }

    void set(int from, int to, boolean first) {
        this.from = from;
        this.to = to;
        this.first = first;
    }
}
