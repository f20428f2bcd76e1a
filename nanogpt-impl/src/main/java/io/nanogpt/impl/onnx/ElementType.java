package io.nanogpt.impl.onnx;

/** Element types of exported tensors, with their numbers in {@code TensorProto.DataType}. */
enum ElementType {
    FLOAT(1, 32),
    UINT8(2, 8),
    INT8(3, 8),
    INT32(6, 32),
    INT64(7, 64),
    BOOL(9, 8),
    FLOAT16(10, 16),
    INT4(22, 4);

    private final int number;
    private final int bits;

    ElementType(int number, int bits) {
        this.number = number;
        this.bits = bits;
    }

    int number() {
        return number;
    }

    /** The size of this many elements in bytes. */
    long bytes(long elements) {
        return (elements * bits + Byte.SIZE - 1) / Byte.SIZE;
    }
}
