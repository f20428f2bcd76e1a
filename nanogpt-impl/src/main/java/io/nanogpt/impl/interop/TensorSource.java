package io.nanogpt.impl.interop;

import java.util.List;
import java.util.Set;

/**
 * Named tensors in somebody's file or files. What is said of a tensor is checked when the source is opened; its
 * elements are read when they are asked for. Belongs to one thread at a time.
 */
interface TensorSource extends AutoCloseable {
    /** The file, as errors name it. */
    String name();

    /** The bytes of all files together, which is what a reader may allocate a small multiple of. */
    long size();

    /** The names of the tensors, in the order of the file. */
    Set<String> names();

    /** The sizes of a tensor's axes; empty for a single number. */
    List<Long> shape(String tensor);

    /**
     * A tensor of any floating type, row-major.
     *
     * @throws io.nanogpt.NanogptException if its elements are whole numbers or cannot be read
     */
    float[] floats(String tensor);

    @Override
    void close();
}
