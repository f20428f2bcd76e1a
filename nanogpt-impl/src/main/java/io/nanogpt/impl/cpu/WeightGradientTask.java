package io.nanogpt.impl.cpu;

/** A part of a parameter's gradient: adds what the slices of a wave have for it, in their order. */
interface WeightGradientTask {
    void run(MicroBatchGroup wave, Worker worker);

    /** Multiply-adds for a row of the batch; the longest tasks begin first, so that threads end together. */
    default long work() {
        return 0;
    }
}
