package io.nanogpt.impl.gguf;

import java.util.Arrays;
import java.util.Optional;

/** The types of metadata, with their numbers in a file; the bytes are 0 for those without a fixed size. */
enum ValueType {
    UINT8(0, 1),
    INT8(1, 1),
    UINT16(2, 2),
    INT16(3, 2),
    UINT32(4, 4),
    INT32(5, 4),
    FLOAT32(6, 4),
    BOOL(7, 1),
    STRING(8, 0),
    ARRAY(9, 0),
    UINT64(10, 8),
    INT64(11, 8),
    FLOAT64(12, 8);

    private final int code;
    private final int bytes;

    ValueType(int code, int bytes) {
        this.code = code;
        this.bytes = bytes;
    }

    /** The type of a number in a file. */
    static Optional<ValueType> of(int code) {
        return Arrays.stream(values()).filter(type -> type.code == code).findFirst();
    }

    int code() {
        return code;
    }

    int bytes() {
        return bytes;
    }
}
