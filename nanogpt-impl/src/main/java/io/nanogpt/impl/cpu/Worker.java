package io.nanogpt.impl.cpu;

/** What one thread needs for itself: kernels and scratch space. */
final class Worker {
    final Kernels kernels;
    final float[] scratch;
    /** Zeros to start sums from; never written. */
    final float[] zeros;

    Worker(Kernels kernels, int scratchSize, int zeroSize) {
        this.kernels = kernels.fork();
        this.scratch = new float[scratchSize];
        this.zeros = new float[zeroSize];
    }
}
