package io.nanogpt.impl.gguf;

import io.nanogpt.NanogptException;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Reads the header of a file in order. Whatever a length in the file claims, no more is allocated than follows it. */
final class GgufInput {
    private static final int BUFFER_BYTES = 1 << 16;

    private final String name;
    private final RandomAccessFile file;
    private final long size;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    /** Where the file is read on after the buffer. */
    private long next;

    GgufInput(String name, RandomAccessFile file) throws IOException {
        this.name = name;
        this.file = file;
        size = file.length();
        buffer.limit(0);
    }

    String name() {
        return name;
    }

    NanogptException broken(String what) {
        return new NanogptException(
                name + " is not a whole GGUF file: " + what + "; download it again, or convert the model anew");
    }

    long position() {
        return next - buffer.remaining();
    }

    long remaining() {
        return size - position();
    }

    byte[] bytes(long count, String what) throws IOException {
        requireRemaining(count, what);
        byte[] bytes = new byte[Math.toIntExact(count)];
        int buffered = Math.min(bytes.length, buffer.remaining());
        buffer.get(bytes, 0, buffered);
        if (buffered < bytes.length) {
            file.seek(next);
            file.readFully(bytes, buffered, bytes.length - buffered);
            next += bytes.length - buffered;
        }
        return bytes;
    }

    private void requireRemaining(long count, String what) {
        if (count < 0 || count > remaining() || count > Integer.MAX_VALUE - 8) {
            throw broken(
                    what + " should have " + Long.toUnsignedString(count) + " bytes, but " + remaining() + " follow");
        }
    }

    /** The buffer, with at least this many bytes. */
    private ByteBuffer fixed(int count) throws IOException {
        if (buffer.remaining() < count) {
            if (remaining() < count) {
                throw broken("it ends within its header");
            }
            buffer.compact();
            int read = (int) Math.min(buffer.remaining(), size - next);
            file.seek(next);
            try {
                file.readFully(buffer.array(), buffer.position(), read);
            } catch (EOFException e) {
                throw broken("it was truncated while it was read");
            }
            next += read;
            buffer.position(buffer.position() + read).flip();
        }
        return buffer;
    }

    int integer() throws IOException {
        return fixed(Integer.BYTES).getInt();
    }

    /** A length or a count: of as many things as the rest of the file can hold. */
    long count(int leastBytes, String what) throws IOException {
        long count = fixed(Long.BYTES).getLong();
        if (count < 0 || count > remaining() / leastBytes) {
            throw broken("it should have " + Long.toUnsignedString(count) + " " + what + ", but only " + remaining()
                    + " bytes follow");
        }
        return count;
    }

    long wide() throws IOException {
        return fixed(Long.BYTES).getLong();
    }

    String text(int most, String what) throws IOException {
        long length = fixed(Long.BYTES).getLong();
        if (length > most) {
            throw broken(what + " has " + length + " bytes, but at most " + most + " are allowed");
        }
        if (length == 0) {
            return "";
        }
        byte[] bytes = bytes(length, what);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw broken(what + " is not in UTF-8");
        }
    }

    /** A number or a truth value. */
    Object one(ValueType type) throws IOException {
        ByteBuffer in = fixed(Math.max(1, type.bytes()));
        return switch (type) {
            case UINT8 -> (long) Byte.toUnsignedInt(in.get());
            case INT8 -> (long) in.get();
            case UINT16 -> (long) Short.toUnsignedInt(in.getShort());
            case INT16 -> (long) in.getShort();
            case UINT32 -> Integer.toUnsignedLong(in.getInt());
            case INT32 -> (long) in.getInt();
            case UINT64, INT64 -> in.getLong();
            case FLOAT32 -> (double) in.getFloat();
            case FLOAT64 -> in.getDouble();
            case BOOL -> in.get() != 0;
            case STRING, ARRAY -> throw new IllegalStateException(type + " has no fixed size");
        };
    }
}
