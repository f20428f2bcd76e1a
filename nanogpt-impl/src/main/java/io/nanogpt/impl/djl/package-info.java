/**
 * A backend over DJL with its PyTorch engine, for NVIDIA GPUs. Start reading at {@link io.nanogpt.impl.djl.DjlBackend};
 * {@link io.nanogpt.impl.djl.ProgramWriter} implements every operation. Imports {@code graph} and {@code random}, and
 * is the only package that uses DJL.
 *
 * <p>A graph becomes one TorchScript program, and a step is one call of it. DJL's {@code NDArray} has no fused
 * gradients (of normalisation, of activations, of attention), and its autograd, which has them, is not used: it allows
 * one collector in a JVM, and under it {@code NDArray.mul(Number)}, as every overload that takes a {@code Number},
 * frees the buffer of its scalar while the gradient still needs it. Nothing is computed through {@code NDArray} here:
 * arrays are the weights, which live as long as their store, and the inputs and outputs of a step, which belong to one
 * {@code NDManager} that the next step closes. Intermediate results are PyTorch's, freed after their last use.
 */
@NullMarked
package io.nanogpt.impl.djl;

import org.jspecify.annotations.NullMarked;
