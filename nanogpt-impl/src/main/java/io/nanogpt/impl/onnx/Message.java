package io.nanogpt.impl.onnx;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * A message in protobuf's wire format: fields one after another, each a tag (its number and how it is written) and a
 * value. ONNX needs numbers, floats and byte strings alone.
 */
final class Message {
    private static final int VARINT = 0;
    private static final int LENGTH_DELIMITED = 2;
    private static final int FIXED_32 = 5;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /** A whole number or an enum constant. */
    Message number(int field, long value) {
        varint(((long) field << 3) | VARINT);
        varint(value);
        return this;
    }

    /** A 32-bit float. */
    Message real(int field, float value) {
        varint(((long) field << 3) | FIXED_32);
        int bits = Float.floatToRawIntBits(value);
        for (int shift = 0; shift < Float.SIZE; shift += Byte.SIZE) {
            bytes.write(bits >>> shift);
        }
        return this;
    }

    /** A text. */
    Message text(int field, String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        announce(field, utf8.length);
        bytes.writeBytes(utf8);
        return this;
    }

    /** A message inside this one. */
    Message message(int field, Message value) {
        announce(field, value.size());
        bytes.writeBytes(value.bytes.toByteArray());
        return this;
    }

    /** Says that the next {@code length} bytes are the value of a field; the caller writes them after this message. */
    Message announce(int field, long length) {
        varint(((long) field << 3) | LENGTH_DELIMITED);
        varint(length);
        return this;
    }

    /** The fields of another message, after this one's. */
    Message append(Message other) {
        bytes.writeBytes(other.bytes.toByteArray());
        return this;
    }

    int size() {
        return bytes.size();
    }

    void writeTo(OutputStream out) throws IOException {
        bytes.writeTo(out);
    }

    private void varint(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            bytes.write((int) (rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        bytes.write((int) rest);
    }
}
