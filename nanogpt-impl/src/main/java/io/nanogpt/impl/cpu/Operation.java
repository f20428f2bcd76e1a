package io.nanogpt.impl.cpu;

/** A node of the graph made executable for one slice at a time. */
interface Operation {
    void run(Slice slice, Worker worker);
}
