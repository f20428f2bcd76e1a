package io.nanogpt.impl.interop;

import java.io.IOException;
import java.nio.ByteOrder;

/** The two ways in which {@code torch.save} lays a pickle and the storages it names in a file. */
interface TorchContainer extends AutoCloseable {
    /** The most bytes of a pickle without its storages: a tensor takes about 200. */
    int MAX_PICKLE_BYTES = 1 << 26;

    /** The object that was saved, with a {@link TorchTensor} for every tensor. */
    Object content();

    /** Of the elements of storages. */
    ByteOrder order();

    /** The bytes of a file. */
    long size();

    /** Reads bytes of a storage, whose length was checked. */
    void read(TorchTensor.Storage storage, long from, byte[] destination, int count) throws IOException;

    @Override
    void close() throws IOException;
}
