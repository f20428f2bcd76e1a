package io.nanogpt.onnx;

/**
 * How an export stores the matrices of a model. Immutable.
 *
 * @param kind the numbers of the matrices
 * @param block numbers that share a scale; of {@link Kind#INT4}, and of {@link Kind#INT8} for ONNX Runtime
 */
public record Quantization(Kind kind, int block) {
    /** What a matrix is stored as. */
    public enum Kind {
        /** 32-bit floats: nothing is lost. */
        NONE,
        /** 16-bit floats, computed with as 32-bit ones: half the file, the same speed. */
        FLOAT16,
        /** 8-bit integers, multiplied by activations that are rounded to 8 bits as they come. */
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

    /** 32-bit floats. */
    public static Quantization none() {
        return of(Kind.NONE);
    }

    /** 16-bit floats. */
    public static Quantization float16() {
        return of(Kind.FLOAT16);
    }

    /** 8-bit integers. */
    public static Quantization int8() {
        return of(Kind.INT8);
    }

    /** 4-bit integers, 32 to a scale. */
    public static Quantization int4() {
        return of(Kind.INT4);
    }

    /** Of a kind, with blocks of 32. */
    public static Quantization of(Kind kind) {
        return new Quantization(kind, DEFAULT_BLOCK);
    }

    /** Blocks of 32, 64 or 128 numbers: larger ones make a smaller and faster model that is less exact. */
    public Quantization withBlockSize(int numbers) {
        return new Quantization(kind, numbers);
    }
}
