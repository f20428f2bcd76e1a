package io.nanogpt.impl.interop;

import io.nanogpt.NanogptException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The format of {@code torch.save} before PyTorch 1.6: five pickles (a magic number, a version, the system, the object,
 * the keys of its storages) and then, for each key, the number of elements and the elements.
 */
final class TorchLegacy implements TorchContainer {
    private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
    private static final long VERSION = 1001;

    private final String name;
    private final RandomAccessFile file;
    private final long size;
    private final Object content;
    private final Set<String> unknown;
    private final Map<String, Long> positions = new HashMap<>();

    private TorchLegacy(String name, RandomAccessFile file) throws IOException {
        this.name = name;
        this.file = file;
        size = file.length();
        byte[] head = new byte[(int) Math.min(size, MAX_PICKLE_BYTES)];
        file.readFully(head);
        ByteBuffer in = ByteBuffer.wrap(head);
        TorchNames names = new TorchNames(name);
        if (!MAGIC.equals(Pickle.read(name, in, names))) {
            throw new NanogptException(name + " is a pickle, but was not written by torch.save; give a file that"
                    + " torch.save wrote, or safetensors");
        }
        if (!Long.valueOf(VERSION).equals(Pickle.read(name, in, names))) {
            throw broken("its version is unknown");
        }
        if (!(Pickle.read(name, in, names) instanceof Map<?, ?> system)
                || !Boolean.TRUE.equals(system.get("little_endian"))) {
            throw broken("it was written by a machine that is not little endian");
        }
        content = Pickle.read(name, in, names);
        unknown = names.unknown();
        if (!(Pickle.read(name, in, names) instanceof List<?> keys)) {
            throw broken("its storages are not listed");
        }
        place(keys, names.storages(), in.position());
    }

    static TorchLegacy open(Path path) throws IOException {
        RandomAccessFile file = new RandomAccessFile(path.toFile(), "r");
        try {
            return new TorchLegacy(path.toString(), file);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** Locates the storages. */
    private void place(List<?> keys, Map<String, TorchTensor.Storage> storages, long start) throws IOException {
        long position = start;
        for (Object key : keys) {
            TorchTensor.Storage storage = key instanceof String text ? storages.get(text) : null;
            if (storage == null || positions.containsKey(storage.key())) {
                throw broken("a listed storage belongs to no tensor, or is listed twice");
            }
            if (size - position < Long.BYTES) {
                throw broken("it ends before the data of storage " + storage.key());
            }
            file.seek(position);
            long length = Long.reverseBytes(file.readLong());
            position += Long.BYTES;
            if (length != storage.length()
                    || length > (size - position) / storage.type().bytes()) {
                throw broken("storage " + storage.key() + " should hold " + storage.length() + " elements of "
                        + storage.type() + ", but the file declares " + length + " in the remaining "
                        + (size - position) + " bytes");
            }
            positions.put(storage.key(), position);
            position += length * storage.type().bytes();
        }
        if (!positions.keySet().containsAll(storages.keySet())) {
            throw broken("it lacks the data of a storage");
        }
    }

    @Override
    public Object content() {
        return content;
    }

    @Override
    public Set<String> unknown() {
        return unknown;
    }

    @Override
    public ByteOrder order() {
        return ByteOrder.LITTLE_ENDIAN;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void read(TorchTensor.Storage storage, long from, byte[] destination, int count) throws IOException {
        Long position = positions.get(storage.key());
        if (position == null) {
            throw new IllegalArgumentException("storage " + storage.key() + " is not in this file");
        }
        file.seek(position + from);
        file.readFully(destination, 0, count);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    private NanogptException broken(String problem) {
        return new NanogptException(name + " is not a valid PyTorch file: " + problem + "; copy or download it again");
    }
}
