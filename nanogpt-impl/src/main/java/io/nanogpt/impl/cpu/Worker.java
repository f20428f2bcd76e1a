package io.nanogpt.impl.cpu;

import org.jspecify.annotations.Nullable;

/** The resources of one thread: kernels and scratch memory. */
final class Worker {
    final Kernels kernels;
    float[] scratch;
    /** Initial values of sums; never written. */
    float[] zeros;

    /** The operands of {@link Kernels#multiply}, reused so that no product allocates. */
    final Matrix a = new Matrix();

    final Matrix b = new Matrix();
    final Matrix init = new Matrix();
    final Matrix c = new Matrix();
    /** Allocated on first use. */
    private @Nullable RoundedProduct rounded;

    Worker(Kernels kernels, int scratchSize, int zeroSize) {
        this.kernels = kernels.fork();
        this.scratch = new float[scratchSize];
        this.zeros = new float[zeroSize];
    }

    /** Products with rounded weights. */
    RoundedProduct rounded() {
        RoundedProduct product = rounded;
        if (product == null) {
            product = new RoundedProduct(this);
            rounded = product;
        }
        return product;
    }

    /** Replaces the scratch memory and the zeros where they are smaller. */
    void reserve(int scratchSize, int zeroSize) {
        if (scratch.length < scratchSize) {
            scratch = new float[scratchSize];
        }
        if (zeros.length < zeroSize) {
            zeros = new float[zeroSize];
        }
    }
}
