package io.nanogpt.impl.interop;

import io.nanogpt.NanogptException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * The format of {@code torch.save} since PyTorch 1.6: a zip archive of {@code NAME/data.pkl}, {@code NAME/byteorder}
 * and a file {@code NAME/data/KEY} per storage, none of them compressed.
 */
final class TorchZip implements TorchContainer {
    private static final String PICKLE = "data.pkl";

    private final String name;
    private final long size;
    private final ZipFile zip;
    /** Prefix of every entry: the archive's name and a slash. */
    private final String prefix;

    private final ByteOrder order;
    private final Object content;
    private final Set<String> unknown;

    private TorchZip(Path path, ZipFile zip) throws IOException {
        this.name = path.toString();
        this.size = Files.size(path);
        this.zip = zip;
        ZipEntry pickle = zip.stream()
                .filter(entry ->
                        entry.getName().equals(PICKLE) || entry.getName().endsWith("/" + PICKLE))
                .findFirst()
                .orElseThrow(this::withoutPickle);
        prefix = pickle.getName().substring(0, pickle.getName().length() - PICKLE.length());
        if (zip.getEntry(prefix + "constants.pkl") != null) {
            throw new NanogptException(name + " is a TorchScript program, which is not supported; load it in Python"
                    + " with torch.jit.load and save its state_dict() with torch.save or, better, as safetensors");
        }
        order = byteOrder(zip.getEntry(prefix + "byteorder"));
        TorchNames names = new TorchNames(name);
        content = Pickle.read(name, ByteBuffer.wrap(bytes(pickle, MAX_PICKLE_BYTES)), names);
        unknown = names.unknown();
        for (TorchTensor.Storage storage : names.storages().values()) {
            requireLength(storage);
        }
    }

    private NanogptException withoutPickle() {
        boolean arrays = zip.stream().anyMatch(entry -> entry.getName().endsWith(".npy"));
        return new NanogptException(name
                + (arrays
                        ? " is an npz archive of NumPy; save the weights in Python as safetensors"
                        : " is a zip archive without " + PICKLE + ", so torch.save did not write it; give a file that"
                                + " torch.save wrote, or safetensors"));
    }

    static TorchZip open(Path path) throws IOException {
        ZipFile zip = new ZipFile(path.toFile());
        try {
            return new TorchZip(path, zip);
        } catch (IOException | RuntimeException e) {
            zip.close();
            throw e;
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
        return order;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void read(TorchTensor.Storage storage, long from, byte[] destination, int count) throws IOException {
        try (InputStream in = zip.getInputStream(entry(storage))) {
            in.skipNBytes(from);
            if (in.readNBytes(destination, 0, count) != count) {
                throw broken("the data of storage " + storage.key() + " end too early");
            }
        }
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }

    private ByteOrder byteOrder(@Nullable ZipEntry entry) throws IOException {
        String text = entry == null ? "little" : new String(bytes(entry, 16), StandardCharsets.US_ASCII).strip();
        return switch (text) {
            case "little" -> ByteOrder.LITTLE_ENDIAN;
            case "big" -> ByteOrder.BIG_ENDIAN;
            default -> throw broken("its byte order is neither little nor big");
        };
    }

    private byte[] bytes(ZipEntry entry, int limit) throws IOException {
        requireStored(entry);
        if (entry.getSize() > limit) {
            throw broken(entry.getName() + " has " + entry.getSize() + " bytes, but at most " + limit + " are allowed");
        }
        try (InputStream in = zip.getInputStream(entry)) {
            return in.readNBytes((int) entry.getSize());
        }
    }

    private void requireLength(TorchTensor.Storage storage) {
        ZipEntry entry = entry(storage);
        requireStored(entry);
        if (entry.getSize() / storage.type().bytes() < storage.length()) {
            throw broken("storage " + storage.key() + " should hold " + storage.length() + " elements of "
                    + storage.type() + ", but has " + entry.getSize() + " bytes");
        }
    }

    private ZipEntry entry(TorchTensor.Storage storage) {
        ZipEntry entry = zip.getEntry(prefix + "data/" + storage.key());
        if (entry == null) {
            throw broken("it lacks the data of storage " + storage.key());
        }
        return entry;
    }

    /** Rejects compressed entries, which could be a thousand times larger than the file. */
    private void requireStored(ZipEntry entry) {
        if (entry.getMethod() != ZipEntry.STORED || entry.getSize() < 0 || entry.getSize() > size) {
            throw broken(entry.getName() + " is compressed, which PyTorch never does");
        }
    }

    private NanogptException broken(String problem) {
        return new NanogptException(name + " is not a valid PyTorch file: " + problem + "; copy or download it again");
    }
}
