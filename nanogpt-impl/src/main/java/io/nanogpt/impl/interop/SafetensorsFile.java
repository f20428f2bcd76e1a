package io.nanogpt.impl.interop;

import io.nanogpt.NanogptException;
import io.nanogpt.impl.files.RandomFiles;
import io.nanogpt.impl.files.Sha256;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * A reader of safetensors files: an eight-byte header length, a JSON header with the location of each tensor, and the
 * tensors, little endian. The header is checked when the file is opened. Not thread-safe.
 */
public final class SafetensorsFile implements TensorSource {
    private static final int LENGTH_BYTES = 8;
    /** A multiple of every element's size. */
    private static final int CHUNK_BYTES = 1 << 16;
    /** The largest Java array. */
    private static final int MAX_ELEMENTS = Integer.MAX_VALUE - 8;

    private final String name;
    // Not a FileChannel, which an interrupt would close.
    private final RandomAccessFile file;
    private final long dataStart;
    private final SafetensorsHeader header;
    private final Map<String, String> checksums;
    /** The bytes of a tensor that were read last; one array for all, since a model has hundreds. */
    private byte[] chunk = {};

    private SafetensorsFile(String name, RandomAccessFile file, long dataStart, SafetensorsHeader header) {
        this.name = name;
        this.file = file;
        this.dataStart = dataStart;
        this.header = header;
        checksums = header.checksums(name);
    }

    /**
     * Opens a file and checks its header.
     *
     * @throws NanogptException if it cannot be read, naming the file and the reason
     */
    public static SafetensorsFile open(Path path) {
        return RandomFiles.open(path, SafetensorsFile::open);
    }

    private static SafetensorsFile open(String name, RandomAccessFile file) throws IOException {
        long size = file.length();
        if (size < LENGTH_BYTES) {
            throw SafetensorsHeader.broken(
                    name, "it has " + size + " bytes, but the length of the header alone takes " + LENGTH_BYTES);
        }
        long headerBytes = Long.reverseBytes(file.readLong());
        // The length is unsigned: a huge one is negative here.
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

    @Override
    public String name() {
        return name;
    }

    @Override
    public long size() {
        return dataStart
                + header.tensors().values().stream()
                        .mapToLong(SafetensorsHeader.Tensor::end)
                        .max()
                        .orElse(0);
    }

    @Override
    public Set<String> names() {
        return header.tensors().keySet();
    }

    @Override
    public Map<String, String> metadata() {
        return header.metadata();
    }

    @Override
    public List<Long> shape(String tensor) {
        return find(tensor).shape();
    }

    /** The format's name of a tensor's element type, for example {@code F32}. */
    public String dtype(String tensor) {
        return find(tensor).type().name();
    }

    @Override
    public float[] floats(String tensor) {
        SafetensorsHeader.Tensor found = floating(tensor);
        float[] values = new float[elements(tensor, found)];
        copy(tensor, found, values, 0);
        return values;
    }

    @Override
    public void copy(String tensor, float[] destination, int from) {
        copy(tensor, floating(tensor), destination, from);
    }

    private void copy(String tensor, SafetensorsHeader.Tensor found, float[] destination, int from) {
        readChunks(tensor, found, (bytes, at) -> found.type().read(bytes, destination, from + at));
    }

    private SafetensorsHeader.Tensor floating(String tensor) {
        SafetensorsHeader.Tensor found = find(tensor);
        ElementType type = found.type();
        if (!type.isFloating()) {
            throw new NanogptException(name + ": tensor " + tensor + " has the integer dtype " + type
                    + ", but a floating-point one was expected; save it as F32");
        }
        return found;
    }

    @Override
    public long[] longs(String tensor) {
        SafetensorsHeader.Tensor found = find(tensor);
        ElementType type = found.type();
        if (type.isFloating()) {
            throw new NanogptException(name + ": tensor " + tensor + " has the floating-point dtype " + type
                    + ", but an integer one was expected; save it as I64");
        }
        long[] values = new long[elements(tensor, found)];
        readChunks(tensor, found, (bytes, from) -> type.read(bytes, values, from));
        return values;
    }

    /**
     * Compares the bytes of every tensor with its checksum, as reading the tensor does.
     *
     * @return the number of tensors that were compared; 0 where the file has no checksums
     * @throws NanogptException naming a tensor that is damaged
     */
    public int verify() {
        checksums.keySet().forEach(tensor -> readChunks(tensor, find(tensor), (bytes, from) -> {}));
        return checksums.size();
    }

    /** The hash of the header: the same for the same tensors and metadata, where they have checksums. */
    public String identity() {
        byte[] bytes = new byte[(int) dataStart];
        try {
            file.seek(0);
            file.readFully(bytes);
        } catch (EOFException e) {
            throw truncated(e);
        } catch (IOException e) {
            throw RandomFiles.unreadable(name, e);
        }
        return Sha256.of(bytes);
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw RandomFiles.unreadable(name, e);
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

    private int elements(String tensor, SafetensorsHeader.Tensor found) {
        long elements = (found.end() - found.begin()) / found.type().bytes();
        if (elements > MAX_ELEMENTS) {
            throw new NanogptException(name + ": tensor " + tensor + " has " + elements + " elements, but at most "
                    + MAX_ELEMENTS + " can be read; split it");
        }
        return (int) elements;
    }

    private void readChunks(String name, SafetensorsHeader.Tensor tensor, ChunkConsumer consumer) {
        long size = tensor.end() - tensor.begin();
        if (chunk.length < Math.min(size, CHUNK_BYTES)) {
            chunk = new byte[(int) Math.min(size, CHUNK_BYTES)];
        }
        String expected = checksums.get(name);
        CRC32C sum = new CRC32C();
        try {
            file.seek(dataStart + tensor.begin());
            for (long from = 0; from < size; from += chunk.length) {
                int count = (int) Math.min(chunk.length, size - from);
                file.readFully(chunk, 0, count);
                if (expected != null) {
                    sum.update(chunk, 0, count);
                }
                ByteBuffer bytes = ByteBuffer.wrap(chunk, 0, count).order(ByteOrder.LITTLE_ENDIAN);
                consumer.accept(bytes, (int) (from / tensor.type().bytes()));
            }
        } catch (EOFException e) {
            throw truncated(e);
        } catch (IOException e) {
            throw RandomFiles.unreadable(this.name, e);
        }
        if (expected != null && !expected.equals(SafetensorsHeader.checksums(List.of(sum.getValue())))) {
            throw new NanogptException(this.name + " is damaged: the bytes of tensor " + name
                    + " are not those that were saved (their checksum differs); copy the file again, or save the model"
                    + " anew");
        }
    }

    private NanogptException truncated(EOFException e) {
        return new NanogptException(name + " was truncated while it was read; read it again", e);
    }

    /** Consumes a chunk of a tensor's bytes. */
    private interface ChunkConsumer {
        void accept(ByteBuffer bytes, int from);
    }
}
