package io.nanogpt.impl.gguf;

import io.nanogpt.impl.files.AtomicFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** A writer of GGUF files, version 3, little endian. One tensor at a time is in memory. */
public final class GgufWriter {
    private static final int CHUNK_ELEMENTS = 1 << 14;

    private final GgufMetadata metadata;
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();

    /** A tensor to be written, with its row-major shape. */
    private record Tensor(List<Integer> shape, TensorType type, Supplier<float[]> elements) {
        long count() {
            return shape.stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b);
        }

        long bytes() {
            return type.bytes(count());
        }
    }

    /** Creates a writer without tensors. */
    public GgufWriter(GgufMetadata metadata) {
        this.metadata = metadata;
    }

    /**
     * Adds a tensor.
     *
     * @param shape row-major; its rows are whole blocks of the type
     * @param elements gives them row-major; called when the file is written
     */
    public void add(String name, List<Integer> shape, TensorType type, Supplier<float[]> elements) {
        if (tensors.putIfAbsent(name, new Tensor(List.copyOf(shape), type, elements)) != null) {
            throw new IllegalArgumentException("two tensors are named " + name + "; names must be unique");
        }
    }

    /** Creates or replaces a file atomically. */
    public void write(Path file) {
        AtomicFiles.write(file, out -> {
            Output output = new Output(out);
            header(output);
            for (Tensor tensor : tensors.values()) {
                tensor(tensor, output);
            }
        });
    }

    private void header(Output out) throws IOException {
        out.integer(GgufFile.MAGIC);
        out.integer(GgufFile.VERSION);
        out.wide(tensors.size());
        out.wide(metadata.values().size());
        for (Map.Entry<String, GgufMetadata.Value> entry : metadata.values().entrySet()) {
            out.text(entry.getKey());
            value(entry.getValue(), out);
        }
        long offset = 0;
        for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
            Tensor tensor = entry.getValue();
            out.text(entry.getKey());
            out.integer(tensor.shape().size());
            for (int axis = tensor.shape().size() - 1; axis >= 0; axis--) {
                out.wide(tensor.shape().get(axis));
            }
            out.integer(tensor.type().code());
            out.wide(offset);
            offset = aligned(offset + tensor.bytes());
        }
        out.align();
    }

    private static long aligned(long offset) {
        return (offset + GgufFile.DEFAULT_ALIGNMENT - 1) & -GgufFile.DEFAULT_ALIGNMENT;
    }

    private static void value(GgufMetadata.Value value, Output out) throws IOException {
        if (value instanceof GgufMetadata.Value.Text text) {
            out.integer(ValueType.STRING.code());
            out.text(text.value());
        } else if (value instanceof GgufMetadata.Value.Texts texts) {
            out.integer(ValueType.ARRAY.code());
            out.integer(ValueType.STRING.code());
            out.wide(texts.values().size());
            for (String text : texts.values()) {
                out.text(text);
            }
        } else if (value instanceof GgufMetadata.Value.Numbers numbers) {
            out.integer(ValueType.ARRAY.code());
            out.integer(numbers.type().code());
            out.wide(numbers.bytes().length / numbers.type().bytes());
            out.bytes(numbers.bytes(), numbers.bytes().length);
        } else if (value instanceof GgufMetadata.Value.One one) {
            out.integer(one.type().code());
            switch (one.type()) {
                case UINT32 -> out.integer((int) (long) (Long) one.value());
                case FLOAT32 -> out.integer(Float.floatToRawIntBits((float) (double) (Double) one.value()));
                case BOOL -> out.bytes(new byte[] {(byte) ((Boolean) one.value() ? 1 : 0)}, 1);
                default -> throw new IllegalStateException("no metadata are written as " + one.type());
            }
        }
    }

    private static void tensor(Tensor tensor, Output out) throws IOException {
        float[] elements = tensor.elements().get();
        // A chunk is whole blocks, since both are powers of two.
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK_ELEMENTS * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int from = 0; from < elements.length; from += CHUNK_ELEMENTS) {
            chunk.clear();
            tensor.type().write(elements, from, Math.min(CHUNK_ELEMENTS, elements.length - from), chunk);
            out.bytes(chunk.array(), chunk.position());
        }
        out.align();
    }

    /** Counts what is written. */
    private static final class Output {
        private final OutputStream out;
        private final ByteBuffer number = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        private long position;

        Output(OutputStream out) {
            this.out = out;
        }

        void bytes(byte[] bytes, int count) throws IOException {
            out.write(bytes, 0, count);
            position += count;
        }

        void integer(int value) throws IOException {
            number.putInt(0, value);
            bytes(number.array(), Integer.BYTES);
        }

        void wide(long value) throws IOException {
            number.putLong(0, value);
            bytes(number.array(), Long.BYTES);
        }

        void text(String text) throws IOException {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            wide(bytes.length);
            bytes(bytes, bytes.length);
        }

        void align() throws IOException {
            int padding = (int) (aligned(position) - position);
            bytes(new byte[padding], padding);
        }
    }
}
