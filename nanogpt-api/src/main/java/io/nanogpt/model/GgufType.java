package io.nanogpt.model;

/**
 * The storage type of the matrices of a GGUF file. Vectors, such as norms and biases, and the table of learned positions
 * are 32-bit floats in all of them. A matrix whose rows are no multiple of 32 is stored as {@link #F16} in place of a
 * quantized type.
 */
public enum GgufType {
    /** 32-bit floats: lossless. */
    F32,
    /** 16-bit floats. */
    F16,
    /** 8-bit integers in blocks of 32 that share a factor: 8.5 bits for a weight. */
    Q8_0,
    /** 4-bit integers in blocks of 32 that share a factor: 4.5 bits for a weight; the embedding and the head as {@link #Q8_0}. */
    Q4_0
}
