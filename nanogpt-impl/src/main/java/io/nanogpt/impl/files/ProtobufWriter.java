package io.nanogpt.impl.files;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * A message in the wire format of protocol buffers: fields one after another, each a tag (field number and wire type)
 * and a value. Callers define constants for the field numbers.
 */
public final class ProtobufWriter {
    private static final int VARINT = 0;
    private static final int FIXED_64 = 1;
    private static final int LENGTH_DELIMITED = 2;
    private static final int FIXED_32 = 5;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /** An empty message. */
    public ProtobufWriter() {}

    /** Writes an integer or an enum constant. */
    public ProtobufWriter integer(int field, long value) {
        tag(field, VARINT);
        varint(value);
        return this;
    }

    /** Writes a {@code float}. */
    public ProtobufWriter float32(int field, float value) {
        tag(field, FIXED_32);
        littleEndian(Float.floatToRawIntBits(value), Float.BYTES);
        return this;
    }

    /** Writes a {@code double}. */
    public ProtobufWriter float64(int field, double value) {
        tag(field, FIXED_64);
        littleEndian(Double.doubleToRawLongBits(value), Double.BYTES);
        return this;
    }

    /** Writes a string. */
    public ProtobufWriter text(int field, String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        announce(field, utf8.length);
        bytes.writeBytes(utf8);
        return this;
    }

    /** Writes a nested message. */
    public ProtobufWriter message(int field, ProtobufWriter value) {
        announce(field, value.size());
        return append(value);
    }

    /** Writes the tag and the length of a field whose {@code length} bytes the caller writes after this message. */
    public ProtobufWriter announce(int field, long length) {
        tag(field, LENGTH_DELIMITED);
        varint(length);
        return this;
    }

    /** Appends the fields of another message. */
    public ProtobufWriter append(ProtobufWriter other) {
        bytes.writeBytes(other.toBytes());
        return this;
    }

    /** The size so far, in bytes. */
    public int size() {
        return bytes.size();
    }

    /** Returns the message. */
    public byte[] toBytes() {
        return bytes.toByteArray();
    }

    /** Writes the message to a stream. */
    public void writeTo(OutputStream out) throws IOException {
        bytes.writeTo(out);
    }

    private void tag(int field, int type) {
        varint(((long) field << 3) | type);
    }

    private void varint(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            bytes.write((int) (rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        bytes.write((int) rest);
    }

    private void littleEndian(long value, int count) {
        for (int i = 0; i < count; i++) {
            bytes.write((int) (value >>> (Byte.SIZE * i)));
        }
    }
}
