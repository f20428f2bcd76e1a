package io.nanogpt.impl.cpu;

import io.nanogpt.spi.MatrixProducts;
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

    private final MatrixProducts.@Nullable Calculator calculator;
    /** Those of a {@link NativeFactor}; allocated on first use. */
    private float[] sums = new float[0];

    Worker(Kernels kernels, int scratchSize, int zeroSize) {
        this(kernels, null, new float[scratchSize], zeroSize);
    }

    /**
     * Creates the resources of a thread.
     *
     * @param products native code that multiplies; null for none
     */
    Worker(Kernels kernels, @Nullable MatrixProducts products, float[] scratch, int zeroSize) {
        this.kernels = kernels.fork();
        this.calculator = products == null ? null : products.calculator();
        this.scratch = scratch;
        this.zeros = new float[zeroSize];
    }

    /** The native code that multiplies. */
    MatrixProducts.Calculator calculator() {
        if (calculator == null) {
            throw new IllegalStateException("this thread has no native products");
        }
        return calculator;
    }

    /** At least {@code size} floats for the sums of a native product. */
    float[] sums(int size) {
        if (sums.length < size) {
            sums = new float[size];
        }
        return sums;
    }

    /** Frees what is not on the heap. */
    void close() {
        if (calculator != null) {
            calculator.close();
        }
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
