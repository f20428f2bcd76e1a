package io.nanogpt.onnx;

/**
 * The storage format of the matrices of an export. Immutable.
 *
 * @param kind the number format
 * @param block number of values that share a scale: 32, 64 or 128; for {@link Kind#INT4}, and for {@link Kind#INT8}
 *     with the flavours of ONNX Runtime
 */
public record Quantization(Kind kind, int block) {
    /** The number format of a matrix. */
    public enum Kind {
        /** 32-bit floats: lossless. */
        NONE,
        /** 16-bit floats, converted to 32 bits for computation: half the file size, the same speed. */
        FLOAT16,
        /** 8-bit integers, multiplied by activations that are quantized dynamically to 8 bits. */
        INT8,
        /** 4-bit integers. */
        INT4
    }

    private static final int DEFAULT_BLOCK = 32;

    public Quantization {
        if (block != 32 && block != 64 && block != 128) {
            throw new IllegalArgumentException("a quantization block must be 32, 64 or 128 numbers, but is " + block);
        }
    }

    /** Returns 32-bit floats. */
    public static Quantization none() {
        return of(Kind.NONE);
    }

    /** Returns 16-bit floats. */
    public static Quantization float16() {
        return of(Kind.FLOAT16);
    }

    /** Returns 8-bit integers. */
    public static Quantization int8() {
        return of(Kind.INT8);
    }

    /** Returns 4-bit integers in blocks of 32. */
    public static Quantization int4() {
        return of(Kind.INT4);
    }

    /** Returns a format with blocks of 32. */
    public static Quantization of(Kind kind) {
        return new Quantization(kind, DEFAULT_BLOCK);
    }

    /**
     * Returns a copy with blocks of 32, 64 or 128 values: larger ones give a smaller, faster and less accurate model.
     */
    public Quantization withBlockSize(int numbers) {
        return new Quantization(kind, numbers);
    }
}
