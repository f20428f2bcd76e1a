package io.nanogpt.impl.interop;

import io.nanogpt.impl.gguf.GgufFile;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The tensors of a GGUF file; quantized ones become floats. */
record GgufSource(GgufFile file) implements TensorSource {
    @Override
    public String name() {
        return file.name();
    }

    @Override
    public long size() {
        return file.size();
    }

    @Override
    public Set<String> names() {
        return new LinkedHashSet<>(file.names());
    }

    @Override
    public List<Long> shape(String tensor) {
        return file.shape(tensor);
    }

    @Override
    public float[] floats(String tensor) {
        return file.floats(tensor);
    }

    @Override
    public void copy(String tensor, float[] destination, int from) {
        file.copy(tensor, destination, from);
    }

    @Override
    public void close() {
        file.close();
    }
}
