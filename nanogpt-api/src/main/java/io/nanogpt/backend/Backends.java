package io.nanogpt.backend;

import java.util.List;

/**
 * Factory of {@link BackendChoice backend choices}.
 *
 * <pre>{@code
 * Trainer trainer = Trainer.builder().backend(Backends.djl().withDevice("cuda:1")).build();
 * }</pre>
 *
 * <p>DJL is an optional dependency; see {@code docs/djl.md} for the artifacts to add.
 */
public final class Backends {
    private Backends() {}

    /** Returns a choice of DJL if it is on the class path and can use an NVIDIA GPU, otherwise of the CPU. */
    public static BackendChoice auto() {
        return new BackendChoice.Auto();
    }

    /** Returns a choice of the CPU, in pure Java: no native library, no dependency. */
    public static BackendChoice.Cpu cpu() {
        return new BackendChoice.Cpu(MatrixPrecision.F32);
    }

    /**
     * Returns a choice of DJL with its PyTorch engine, in 32-bit floats: on the first NVIDIA GPU that it can use,
     * otherwise on the CPU.
     */
    public static BackendChoice.Djl djl() {
        return new BackendChoice.Djl(List.of("auto"), MatrixPrecision.F32);
    }

    /**
     * Returns a choice of the backend of a {@link io.nanogpt.spi.BackendProvider} on the class path, which another
     * library may add; this library provides {@code cpu} and {@code djl}. An unknown name is an error when the run
     * starts.
     */
    public static BackendChoice named(String name) {
        return new BackendChoice.Named(name);
    }

    /**
     * Rounding of the operands of matrix products. Weights, gradients, moments and all other operations stay in 32-bit
     * floats.
     */
    public enum MatrixPrecision {
        /** None: 32-bit floats. */
        F32,
        /**
         * TF32, 10 bits of fraction, on NVIDIA GPUs since Ampere. PyTorch reads this from its environment only: the
         * program must be started with {@code TORCH_ALLOW_TF32_CUBLAS_OVERRIDE=1}; without it, this choice is an error.
         */
        TF32,
        /**
         * bfloat16, 7 bits of fraction; sums are in 32-bit floats. On DJL the product of each linear layer is rounded too.
         */
        BF16
    }
}
