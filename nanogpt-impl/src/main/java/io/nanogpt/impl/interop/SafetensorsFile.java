package io.nanogpt.impl.interop;

import io.nanogpt.NanogptException;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads a safetensors file: an eight-byte header length, a JSON header that says where each tensor lies, and the
 * tensors, little endian. The header is checked when the file is opened. Belongs to one thread at a time.
 */
public final class SafetensorsFile implements AutoCloseable {
    private static final int LENGTH_BYTES = 8;
    private static final int CHUNK_BYTES = 1 << 16;

    private final String name;
    // Not a FileChannel, which an interrupted thread could not read from.
    private final RandomAccessFile file;
    private final long dataStart;
    private final SafetensorsHeader header;

    private SafetensorsFile(String name, RandomAccessFile file, long dataStart, SafetensorsHeader header) {
        this.name = name;
        this.file = file;
        this.dataStart = dataStart;
        this.header = header;
    }

    /**
     * Opens a file and checks its header.
     *
     * @throws NanogptException if it cannot be read, naming the file and what is wrong with it
     */
    public static SafetensorsFile open(Path path) {
        String name = path.toString();
        try {
            RandomAccessFile file = new RandomAccessFile(path.toFile(), "r");
            try {
                return open(name, file);
            } catch (IOException | RuntimeException e) {
                file.close();
                throw e;
            }
        } catch (FileNotFoundException e) {
            throw new NanogptException(name + " does not exist or cannot be opened: " + e.getMessage(), e);
        } catch (IOException e) {
            throw unreadable(name, e);
        }
    }

    private static SafetensorsFile open(String name, RandomAccessFile file) throws IOException {
        long size = file.length();
        if (size < LENGTH_BYTES) {
            throw SafetensorsHeader.broken(
                    name, "it has " + size + " bytes, but the length of the header alone takes " + LENGTH_BYTES);
        }
        long headerBytes = Long.reverseBytes(file.readLong());
        // Read as unsigned, a huge length is negative here.
        if (headerBytes < 0 || headerBytes > size - LENGTH_BYTES) {
            throw SafetensorsHeader.broken(
                    name,
                    "its header should have " + Long.toUnsignedString(headerBytes) + " bytes, but only "
                            + (size - LENGTH_BYTES) + " follow");
        }
        if (headerBytes > SafetensorsHeader.MAX_BYTES) {
            throw SafetensorsHeader.broken(
                    name,
                    "its header should have " + headerBytes + " bytes, but at most " + SafetensorsHeader.MAX_BYTES
                            + " are allowed");
        }
        byte[] json = new byte[(int) headerBytes];
        file.readFully(json);
        long dataStart = LENGTH_BYTES + headerBytes;
        return new SafetensorsFile(name, file, dataStart, SafetensorsHeader.parse(name, json, size - dataStart));
    }

    /** The file, as errors name it. */
    String name() {
        return name;
    }

    /** The names of the tensors, in the order of the header. */
    public Set<String> names() {
        return header.tensors().keySet();
    }

    /** Free text by key. */
    public Map<String, String> metadata() {
        return header.metadata();
    }

    /** The sizes of a tensor's axes; empty for a single number. */
    public List<Long> shape(String tensor) {
        return find(tensor).shape();
    }

    /** The type of a tensor's elements as the format names it, for example {@code F32}. */
    public String dtype(String tensor) {
        return find(tensor).dtype();
    }

    /** A tensor of dtype F32, row-major. */
    public float[] floats(String tensor) {
        float[] values = new float[elements(tensor, "F32", Float.BYTES)];
        floats(tensor, values);
        return values;
    }

    /** Copies a tensor of dtype F32 out, row-major; {@code destination} has its number of elements. */
    public void floats(String tensor, float[] destination) {
        int elements = elements(tensor, "F32", Float.BYTES);
        if (elements != destination.length) {
            throw new IllegalArgumentException(name + ": tensor " + tensor + " has " + elements
                    + " elements, but there is room for " + destination.length);
        }
        readChunks(find(tensor), (bytes, from) -> {
            int count = bytes.remaining() / Float.BYTES;
            bytes.asFloatBuffer().get(destination, from / Float.BYTES, count);
        });
    }

    /** A tensor of dtype I64, row-major. */
    public long[] longs(String tensor) {
        long[] values = new long[elements(tensor, "I64", Long.BYTES)];
        readChunks(find(tensor), (bytes, from) -> {
            int count = bytes.remaining() / Long.BYTES;
            bytes.asLongBuffer().get(values, from / Long.BYTES, count);
        });
        return values;
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw unreadable(name, e);
        }
    }

    private SafetensorsHeader.Tensor find(String tensor) {
        SafetensorsHeader.Tensor found = header.tensors().get(tensor);
        if (found == null) {
            throw new NanogptException(name + " has no tensor " + tensor + "; it holds "
                    + Listing.of(header.tensors().keySet()));
        }
        return found;
    }

    private int elements(String tensor, String dtype, int elementBytes) {
        SafetensorsHeader.Tensor found = find(tensor);
        if (!found.dtype().equals(dtype)) {
            throw new NanogptException(name + ": tensor " + tensor + " has dtype " + found.dtype() + ", but only "
                    + dtype + " can be read here; convert it to " + dtype);
        }
        long bytes = found.end() - found.begin();
        // The chunks below count bytes in an int.
        if (bytes > Integer.MAX_VALUE) {
            throw new NanogptException(name + ": tensor " + tensor + " has " + bytes + " bytes, but at most "
                    + Integer.MAX_VALUE + " can be read; split it");
        }
        return (int) (bytes / elementBytes);
    }

    private void readChunks(SafetensorsHeader.Tensor tensor, ChunkConsumer consumer) {
        int size = (int) (tensor.end() - tensor.begin());
        byte[] chunk = new byte[Math.min(size, CHUNK_BYTES)];
        try {
            file.seek(dataStart + tensor.begin());
            for (int from = 0; from < size; from += chunk.length) {
                int count = Math.min(chunk.length, size - from);
                file.readFully(chunk, 0, count);
                consumer.accept(ByteBuffer.wrap(chunk, 0, count).order(ByteOrder.LITTLE_ENDIAN), from);
            }
        } catch (EOFException e) {
            throw new NanogptException(name + " became shorter while it was read; read it again", e);
        } catch (IOException e) {
            throw unreadable(name, e);
        }
    }

    private static NanogptException unreadable(String name, IOException e) {
        return new NanogptException(name + " cannot be read: " + e.getMessage(), e);
    }

    /** Takes the bytes of a tensor from one of its bytes on. */
    private interface ChunkConsumer {
        void accept(ByteBuffer bytes, int from);
    }
}
