package io.nanogpt.backend;

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
