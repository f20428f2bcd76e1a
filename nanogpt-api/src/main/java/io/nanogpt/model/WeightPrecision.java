package io.nanogpt.model;

/**
 * The numbers that a loaded model keeps as its weights. Fewer bits take less memory, and are read sooner: text is generated
 * as fast as the weights of a large model come from memory. Sums are in 32-bit floats in all of them.
 *
 * <p>Only matrices of linear layers are rounded, among them the head, and an embedding that is also the head. Norms, biases,
 * positions, convolutions, recurrent matrices and all other embeddings stay 32-bit floats.
 */
public enum WeightPrecision {
    /** 32-bit floats, as in training. */
    F32,
    /** bfloat16, 7 bits of fraction, rounded to the nearest, half to even: a relative error of at most 1/256. */
    BF16,
    /**
     * 8-bit integers from -127 to 127 that share a factor with all weights of the same output, the greatest magnitude among
     * them divided by 127, rounded to the nearest, half to even: an error of at most 1/254 of that magnitude.
     */
    INT8
}
