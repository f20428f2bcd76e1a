package io.nanogpt.impl.interop;

import io.nanogpt.NanogptException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Named tensors in one or several untrusted files. Names, shapes and types are checked when the source is opened;
 * elements are read on demand. Not thread-safe.
 */
interface TensorSource extends AutoCloseable {
    /** The file name, for messages. */
    String name();

    /** The total size of all files in bytes; readers may allocate a small multiple of it. */
    long size();

    /** The names of the tensors, in the order of the file. */
    Set<String> names();

    /** Free text by key; empty in formats that have none. */
    default Map<String, String> metadata() {
        return Map.of();
    }

    /** Numbers and the like that describe the model beside its tensors, by name; empty in formats that have none. */
    default Map<String, Object> settings() {
        return Map.of();
    }

    /** The sizes of a tensor's axes; empty for a scalar. */
    List<Long> shape(String tensor);

    /**
     * A tensor of any floating type, row-major.
     *
     * @throws NanogptException if its elements are integers or cannot be read
     */
    float[] floats(String tensor);

    /** Copies a tensor, as {@link #floats} returns it, into an array from one place on. */
    default void copy(String tensor, float[] destination, int from) {
        float[] values = floats(tensor);
        System.arraycopy(values, 0, destination, from, values.length);
    }

    /**
     * A tensor of any integer type, row-major.
     *
     * @throws NanogptException if its elements are no integers or cannot be read
     */
    default long[] longs(String tensor) {
        throw new NanogptException(
                name() + ": tensor " + tensor + " cannot be read as integers; save the weights as safetensors");
    }

    @Override
    void close();
}
