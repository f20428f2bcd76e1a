package io.nanogpt.impl.cpu;

/** A part of a parameter's gradient, summed over all slices in their order. */
interface WeightTask {
    void run(Slice[] slices, Worker worker);
}
