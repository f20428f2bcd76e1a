package io.nanogpt.backend;

import java.util.List;

/**
 * What can compute a training run.
 *
 * <pre>{@code
 * Trainer trainer = Trainer.builder().backend(Backends.djl().withDevice("cuda:1")).build();
 * }</pre>
 *
 * <p>DJL is an optional dependency; see {@code docs/djl.md} for the artifacts to add.
 */
public final class Backends {
    private Backends() {}

    /** DJL where it is on the class path and finds a GPU of NVIDIA that it can use, otherwise the processor. */
    public static BackendChoice auto() {
        return new BackendChoice.Auto();
    }

    /** The processor, in pure Java: no native library, no dependency. */
    public static BackendChoice cpu() {
        return new BackendChoice.Cpu();
    }

    /**
     * DJL with its PyTorch engine: on the first GPU of NVIDIA that it can use, otherwise on the processor, in 32-bit
     * floats.
     */
    public static BackendChoice.Djl djl() {
        return new BackendChoice.Djl(List.of("auto"), MatrixPrecision.F32);
    }

    /**
     * The backend of a {@link io.nanogpt.spi.BackendProvider} on the class path, for example another library's; {@code cpu}
     * and {@code djl} are the names of this one's. A name that nobody has is an error when the run begins.
     */
    public static BackendChoice named(String name) {
        return new BackendChoice.Named(name);
    }

    /**
     * How operands of matrix products are rounded before they are multiplied. Weights, gradients, moments and all other
     * operations stay in 32-bit floats.
     */
    public enum MatrixPrecision {
        /** Not at all. */
        F32,
        /**
         * To 10 bits of fraction, on NVIDIA GPUs since Ampere. PyTorch takes this from its environment alone: the program must
         * be started with {@code TORCH_ALLOW_TF32_CUBLAS_OVERRIDE=1}, and choosing it without that is an error.
         */
        TF32,
        /** To bfloat16, 7 bits of fraction, and the product of each linear layer, too; its sums are in 32-bit floats. */
        BF16
    }
}
