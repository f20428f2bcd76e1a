package io.nanogpt.impl.interop;

import java.io.IOException;
import java.nio.ByteOrder;
import java.util.Set;

/** A file of {@code torch.save} in one of its two formats: a pickle, and the storages to which it refers. */
interface TorchContainer extends AutoCloseable {
    /** The most bytes of a pickle without its storages: a tensor takes about 200. */
    int MAX_PICKLE_BYTES = 1 << 26;

    /** The saved object, with a {@link TorchTensor} for every tensor. */
    Object content();

    /** The names of Python objects that were skipped. */
    Set<String> unknown();

    /** The byte order of storages. */
    ByteOrder order();

    /** The size of the file in bytes. */
    long size();

    /** Reads bytes of a storage; the range must be within its checked length. */
    void read(TorchTensor.Storage storage, long from, byte[] destination, int count) throws IOException;

    @Override
    void close() throws IOException;
}
