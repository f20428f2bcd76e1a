package io.nanogpt.impl.interop;

import io.nanogpt.impl.files.Half;
import java.nio.ByteBuffer;
import java.nio.ShortBuffer;
import java.util.Arrays;
import java.util.Optional;

/** The element types of tensors, with their safetensors names. */
enum ElementType {
    F64(8, true),
    F32(4, true),
    F16(2, true),
    BF16(2, true),
    F8_E5M2(1, true),
    F8_E4M3(1, true),
    I64(8, false),
    I32(4, false),
    I16(2, false),
    I8(1, false),
    U64(8, false),
    U32(4, false),
    U16(2, false),
    U8(1, false),
    BOOL(1, false);

    private static final int HALVES_AT_ONCE = 1 << 10;

    private final int bytes;
    private final boolean floating;

    ElementType(int bytes, boolean floating) {
        this.bytes = bytes;
        this.floating = floating;
    }

    /** The type with this name, if there is one. */
    static Optional<ElementType> named(String name) {
        return Arrays.stream(values()).filter(type -> type.name().equals(name)).findFirst();
    }

    /** The bytes of one element. */
    int bytes() {
        return bytes;
    }

    /** Whether this is a floating-point type, as weights need. */
    boolean isFloating() {
        return floating;
    }

    /**
     * Reads the remaining elements of a buffer, in its byte order, as 32-bit floats: narrower ones exactly, {@link #F64}
     * rounded to the nearest.
     */
    void read(ByteBuffer in, float[] destination, int from) {
        int to = from + in.remaining() / bytes;
        switch (this) {
            case F32 -> in.asFloatBuffer().get(destination, from, to - from);
            case F64 -> {
                for (int i = from; i < to; i++) {
                    destination[i] = (float) in.getDouble();
                }
            }
            case F16, BF16 -> readHalves(in.asShortBuffer(), destination, from, to);
            // The upper byte of a binary16.
            case F8_E5M2 -> {
                for (int i = from; i < to; i++) {
                    destination[i] = Half.toFloat((short) (in.get() << 8));
                }
            }
            case F8_E4M3 -> {
                for (int i = from; i < to; i++) {
                    destination[i] = quarter(in.get());
                }
            }
            case I64, I32, I16, I8, U64, U32, U16, U8, BOOL ->
                throw new IllegalStateException(this + " is not a floating-point type");
        }
    }

    /** Writes elements that are exact numbers of this type into a buffer, in its byte order. */
    void write(float[] source, int from, int count, ByteBuffer out) {
        for (int i = from; i < from + count; i++) {
            switch (this) {
                case F32 -> out.putFloat(source[i]);
                case F16 -> out.putShort((short) Half.bits(source[i]));
                case I8 -> out.put((byte) source[i]);
                case F64, BF16, F8_E5M2, F8_E4M3, I64, I32, I16, U64, U32, U16, U8, BOOL ->
                    throw new IllegalStateException("no tensor of floats is written as " + this);
            }
        }
    }

    /** Reads the remaining elements of a buffer, in its byte order, as integers; {@link #U64} wraps around. */
    void read(ByteBuffer in, long[] destination, int from) {
        int to = from + in.remaining() / bytes;
        for (int i = from; i < to; i++) {
            destination[i] = switch (this) {
                case I64, U64 -> in.getLong();
                case I32 -> in.getInt();
                case U32 -> Integer.toUnsignedLong(in.getInt());
                case I16 -> in.getShort();
                case U16 -> Short.toUnsignedLong(in.getShort());
                case I8 -> in.get();
                case U8, BOOL -> Byte.toUnsignedLong(in.get());
                case F64, F32, F16, BF16, F8_E5M2, F8_E4M3 ->
                    throw new IllegalStateException(this + " is not an integer type");
            };
        }
    }

    /** Copies many at once, which is faster than taking each from the buffer. */
    private void readHalves(ShortBuffer in, float[] destination, int from, int to) {
        short[] bits = new short[Math.min(HALVES_AT_ONCE, to - from)];
        for (int at = from; at < to; at += bits.length) {
            int count = Math.min(bits.length, to - at);
            in.get(bits, 0, count);
            if (this == BF16) {
                for (int i = 0; i < count; i++) {
                    destination[at + i] = Float.intBitsToFloat(bits[i] << 16);
                }
            } else {
                for (int i = 0; i < count; i++) {
                    destination[at + i] = Half.toFloat(bits[i]);
                }
            }
        }
    }

    /** Decodes E4M3: 1 sign bit, 4 exponent bits, 3 fraction bits; no infinities, and NaN only where all are ones. */
    private static float quarter(byte bits) {
        if ((bits & 0x7F) == 0x7F) {
            return Float.NaN;
        }
        int exponent = (bits >> 3) & 0xF;
        int fraction = bits & 7;
        float magnitude =
                exponent == 0 ? Math.scalb((float) fraction, -9) : Math.scalb((float) (8 + fraction), exponent - 10);
        return bits < 0 ? -magnitude : magnitude;
    }
}
