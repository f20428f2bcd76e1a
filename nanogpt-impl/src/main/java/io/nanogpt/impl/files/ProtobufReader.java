package io.nanogpt.impl.files;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads a file of protocol buffers field by field, without keeping more of it than the text asked for. After
 * {@link #next} exactly one of {@link #integer}, {@link #text}, {@link #message} and {@link #skip} must follow. All throw
 * an {@link IOException} with the place if the file is cut off or no protocol buffer.
 */
public final class ProtobufReader implements AutoCloseable {
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int LENGTH_DELIMITED = 2;
    private static final int FIXED32 = 5;
    private static final int TYPE_BITS = 3;

    private final long size;
    private final InputStream in;
    private long position;
    private int field;
    private int type;

    /** Opens a file. */
    public ProtobufReader(Path file) throws IOException {
        size = Files.size(file);
        in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    }

    /** The size of the file, where the outermost message ends. */
    public long size() {
        return size;
    }

    /** Whether there is another field before the end of a message. */
    public boolean next(long end) throws IOException {
        if (position >= end) {
            if (position > end) {
                throw broken("a field does not end where its message does");
            }
            return false;
        }
        long tag = varint();
        field = (int) (tag >>> TYPE_BITS);
        type = (int) tag & ((1 << TYPE_BITS) - 1);
        return true;
    }

    /** The number of the field. */
    public int field() {
        return field;
    }

    /** Whether the field has a length: a text, a message, or numbers one after another. */
    public boolean hasLength() {
        return type == LENGTH_DELIMITED;
    }

    /** The value of an integer. */
    public long integer() throws IOException {
        require(VARINT);
        return varint();
    }

    /** One of the integers of a message of nothing else. */
    public long packed() throws IOException {
        return varint();
    }

    /** Whether an integer that is not the last follows in a message of nothing else. */
    public boolean isBefore(long end) {
        return position < end;
    }

    /** A text of at most some bytes. */
    public String text(int most) throws IOException {
        long length = message() - position;
        if (length > most) {
            throw broken("a text has " + length + " bytes, but may have " + most);
        }
        byte[] bytes = in.readNBytes((int) length);
        position += bytes.length;
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** The end of a message, whose fields follow. */
    public long message() throws IOException {
        require(LENGTH_DELIMITED);
        long length = varint();
        if (length < 0 || length > size - position) {
            throw broken(
                    "a field has " + Long.toUnsignedString(length) + " bytes, but " + (size - position) + " are left");
        }
        return position + length;
    }

    /** Skips the field, and returns the number of its bytes. */
    public long skip() throws IOException {
        long start = position;
        switch (type) {
            case VARINT -> varint();
            case FIXED64 -> to(position + Long.BYTES);
            case FIXED32 -> to(position + Integer.BYTES);
            case LENGTH_DELIMITED -> {
                long end = message();
                start = position;
                to(end);
            }
            default -> throw broken("a field has the unknown type " + type);
        }
        return position - start;
    }

    private void to(long end) throws IOException {
        in.skipNBytes(end - position);
        position = end;
    }

    private void require(int expected) throws IOException {
        if (type != expected) {
            throw broken("field " + field + " has the type " + type + ", not " + expected);
        }
    }

    private long varint() throws IOException {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException("it ends in the middle of a field");
            }
            position++;
            value |= (long) (next & 0x7F) << shift;
            if (next < 0x80) {
                return value;
            }
        }
        throw broken("a number has more than 64 bits");
    }

    private IOException broken(String problem) {
        return new IOException("at byte " + position + ", " + problem);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
