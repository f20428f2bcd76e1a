package io.nanogpt.impl.interop;

import com.fasterxml.jackson.core.JsonGenerator;
import io.nanogpt.graph.Shape;
import io.nanogpt.impl.files.AtomicFiles;
import io.nanogpt.impl.files.Json;
import io.nanogpt.impl.files.Sha256;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.zip.CRC32C;

/**
 * A writer of safetensors files of floats and integers. As in the reference implementation, tensors are sorted by name and
 * the header is padded to eight bytes, so that the same tensors give the same bytes.
 */
public final class SafetensorsWriter {
    private static final int ALIGNMENT = 8;
    private static final int CHUNK_ELEMENTS = 1 << 14;

    private final SortedMap<String, String> metadata = new TreeMap<>();
    // The reference implementation compares names as UTF-8.
    private final SortedMap<String, Tensor> tensors = new TreeMap<>(
            (a, b) -> Arrays.compareUnsigned(a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8)));

    private boolean checksums;

    /** Creates a writer without tensors. */
    public SafetensorsWriter() {}

    /** Adds free-text metadata to the header. */
    public SafetensorsWriter metadata(String key, String value) {
        metadata.put(key, value);
        return this;
    }

    /**
     * Adds a tensor.
     *
     * @param shape must have fixed sizes
     * @param reader copies the elements, row-major, into a given array; called when the file is written
     */
    public SafetensorsWriter add(String name, Shape shape, Consumer<float[]> reader) {
        if (name.equals(SafetensorsHeader.METADATA)) {
            throw new IllegalArgumentException("a tensor must not be named " + name + ", which the format reserves");
        }
        return add(name, new Tensor(shape, ElementType.F32, () -> {
            float[] values = new float[Math.toIntExact(shape.elements())];
            reader.accept(values);
            return (from, count, out) -> ElementType.F32.write(values, from, count, out);
        }));
    }

    /** Adds floats as another type, of which they must be exact numbers. */
    SafetensorsWriter add(String name, Shape shape, ElementType type, float[] values) {
        return add(name, new Tensor(shape, type, () -> (from, count, out) -> type.write(values, from, count, out)));
    }

    /** Adds a vector of integers. */
    SafetensorsWriter addIntegers(String name, int[] values) {
        return add(name, new Tensor(Shape.of(values.length), ElementType.I32, () -> (from, count, out) -> {
            for (int i = from; i < from + count; i++) {
                out.putInt(values[i]);
            }
        }));
    }

    private SafetensorsWriter add(String name, Tensor tensor) {
        if (tensors.putIfAbsent(name, tensor) != null) {
            throw new IllegalArgumentException("two tensors are named " + name + "; names must be unique");
        }
        return this;
    }

    /** Adds a checksum of each tensor's bytes to the metadata, which {@link SafetensorsFile} compares. */
    public SafetensorsWriter withChecksums() {
        checksums = true;
        return this;
    }

    /** Creates or replaces a file atomically. */
    public void write(Path file) {
        List<Long> sums = new ArrayList<>();
        AtomicFiles.write(file, out -> writeTo(out, sums), () -> header(sums));
    }

    /** Writes the file with zeros for the checksums, which are known last, and adds these to a list. */
    void writeTo(OutputStream out, List<Long> sums) throws IOException {
        out.write(header(Collections.nCopies(tensors.size(), 0L)));
        writeTensors(out, sums);
    }

    /** What {@link SafetensorsFile#identity} gives of the file that would be written. */
    String identity() {
        List<Long> sums = new ArrayList<>();
        try {
            writeTensors(OutputStream.nullOutputStream(), sums);
        } catch (IOException e) {
            throw new IllegalStateException("writing to nowhere failed", e);
        }
        return Sha256.of(header(sums));
    }

    private void writeTensors(OutputStream out, List<Long> sums) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK_ELEMENTS * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (Tensor tensor : tensors.values()) {
            Elements elements = tensor.elements().get();
            CRC32C sum = new CRC32C();
            for (int from = 0; from < tensor.count(); from += CHUNK_ELEMENTS) {
                int count = Math.min(CHUNK_ELEMENTS, tensor.count() - from);
                chunk.clear();
                elements.write(from, count, chunk);
                sum.update(chunk.array(), 0, chunk.position());
                out.write(chunk.array(), 0, chunk.position());
            }
            sums.add(sum.getValue());
        }
    }

    /** The length of the JSON, and the JSON. */
    private byte[] header(List<Long> sums) {
        SortedMap<String, String> texts = new TreeMap<>(metadata);
        if (checksums) {
            texts.put(SafetensorsHeader.CHECKSUMS, SafetensorsHeader.checksums(sums));
        }
        try {
            byte[] json = json(texts);
            return ByteBuffer.allocate(Long.BYTES + json.length)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(json.length)
                    .put(json)
                    .array();
        } catch (IOException e) {
            throw new IllegalStateException("writing to memory failed", e);
        }
    }

    private byte[] json(SortedMap<String, String> texts) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = Json.factory().createGenerator(out)) {
            json.writeStartObject();
            if (!texts.isEmpty()) {
                json.writeObjectFieldStart(SafetensorsHeader.METADATA);
                for (Map.Entry<String, String> entry : texts.entrySet()) {
                    json.writeStringField(entry.getKey(), entry.getValue());
                }
                json.writeEndObject();
            }
            long begin = 0;
            for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
                Tensor tensor = entry.getValue();
                long end = begin + (long) tensor.count() * tensor.type().bytes();
                json.writeObjectFieldStart(entry.getKey());
                json.writeStringField("dtype", tensor.type().name());
                json.writeFieldName("shape");
                int[] sizes = tensor.shape().sizes();
                json.writeArray(sizes, 0, sizes.length);
                json.writeFieldName("data_offsets");
                json.writeArray(new long[] {begin, end}, 0, 2);
                json.writeEndObject();
                begin = end;
            }
            json.writeEndObject();
        }
        while (out.size() % ALIGNMENT != 0) {
            out.write(' ');
        }
        return out.toByteArray();
    }

    /** The elements of a tensor. */
    private interface Elements {
        /** Writes some of them. */
        void write(int from, int count, ByteBuffer out);
    }

    /**
     * A tensor to be written.
     *
     * @param elements reads them
     */
    private record Tensor(Shape shape, ElementType type, Supplier<Elements> elements) {
        private int count() {
            return Math.toIntExact(shape.elements());
        }
    }
}
