package io.nanogpt.impl.cpu;

/** The resources of one thread: kernels and scratch memory. */
final class Worker {
    final Kernels kernels;
    final float[] scratch;
    /** Initial values of sums; never written. */
    final float[] zeros;

    Worker(Kernels kernels, int scratchSize, int zeroSize) {
        this.kernels = kernels.fork();
        this.scratch = new float[scratchSize];
        this.zeros = new float[zeroSize];
    }
}
