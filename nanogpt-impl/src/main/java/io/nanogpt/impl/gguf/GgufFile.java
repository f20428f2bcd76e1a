package io.nanogpt.impl.gguf;

import io.nanogpt.NanogptException;
import io.nanogpt.impl.files.RandomFiles;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A reader of GGUF files, versions 2 and 3, little endian. The file is not trusted: its header is checked when it is
 * opened, elements are read on demand. Not thread-safe.
 */
public final class GgufFile implements AutoCloseable {
    static final int MAGIC = 0x46554747;
    static final int VERSION = 3;
    static final String ALIGNMENT = "general.alignment";
    static final int DEFAULT_ALIGNMENT = 32;

    private static final int OLDEST_VERSION = 2;
    private static final int LONGEST_KEY = 1 << 16;
    private static final int LONGEST_NAME = 64;
    private static final int MOST_AXES = 4;
    private static final int MOST_ALIGNMENT = 1 << 16;
    /** The least bytes of a key with its value, and of a tensor's name, axes, type and place. */
    private static final int LEAST_VALUE_BYTES = 13;

    private static final int LEAST_TENSOR_BYTES = 32;
    /** Of a tensor that are read at once, about. */
    private static final int CHUNK_BYTES = 1 << 16;

    private static final int MOST_ELEMENTS = Integer.MAX_VALUE - 8;

    private final String name;
    // Not a FileChannel, which an interrupt would close.
    private final RandomAccessFile file;
    private final GgufMetadata metadata;
    private final Map<String, Tensor> tensors;
    private final long size;

    /**
     * A tensor.
     *
     * @param shape row-major, the longest stride first, in reverse of the file
     * @param begin its first byte
     */
    private record Tensor(List<Long> shape, TensorType type, long begin) {
        long elements() {
            return shape.stream().reduce(1L, (a, b) -> a * b);
        }

        long end() {
            return begin + type.bytes(elements());
        }
    }

    private GgufFile(
            String name, RandomAccessFile file, GgufMetadata metadata, Map<String, Tensor> tensors, long size) {
        this.name = name;
        this.file = file;
        this.metadata = metadata;
        this.tensors = Collections.unmodifiableMap(tensors);
        this.size = size;
    }

    /**
     * Opens a file and checks its header.
     *
     * @throws NanogptException if it cannot be read, naming the file and the reason
     */
    public static GgufFile open(Path path) {
        return RandomFiles.open(path, GgufFile::read);
    }

    private static GgufFile read(String name, RandomAccessFile file) throws IOException {
        GgufInput in = new GgufInput(name, file);
        if (in.integer() != MAGIC) {
            throw in.broken("it does not begin with the letters GGUF");
        }
        int version = in.integer();
        if (version < OLDEST_VERSION || version > VERSION) {
            throw new NanogptException(name + " is of version " + Integer.toUnsignedString(version)
                    + " of GGUF; supported are 2 and 3, little endian; convert the model anew");
        }
        long tensorCount = in.count(1, "tensors");
        long valueCount = in.count(LEAST_VALUE_BYTES, "metadata");
        Map<String, GgufMetadata.Value> values = new LinkedHashMap<>();
        for (long i = 0; i < valueCount; i++) {
            String key = in.text(LONGEST_KEY, "a key of its metadata");
            if (values.containsKey(key)) {
                throw in.broken("it has the metadata " + key + " twice");
            }
            values.put(key, value(in, key));
        }
        if (tensorCount > in.remaining() / LEAST_TENSOR_BYTES) {
            throw in.broken("it should have " + tensorCount + " tensors, but only " + in.remaining() + " bytes follow");
        }
        GgufMetadata metadata = new GgufMetadata(name, values);
        long alignment = metadata.has(ALIGNMENT) ? metadata.integer(ALIGNMENT, 1, MOST_ALIGNMENT) : DEFAULT_ALIGNMENT;
        if (Long.bitCount(alignment) != 1) {
            throw metadata.error(ALIGNMENT, "must be a power of two, but is " + alignment);
        }
        Map<String, Tensor> tensors = tensors(in, tensorCount, alignment);
        return new GgufFile(name, file, metadata, tensors, file.length());
    }

    private static GgufMetadata.Value value(GgufInput in, String key) throws IOException {
        ValueType type = type(in, key);
        return switch (type) {
            case STRING -> new GgufMetadata.Value.Text(in.text(Integer.MAX_VALUE, "the metadata " + key));
            case ARRAY -> array(in, key);
            default -> new GgufMetadata.Value.One(type, in.one(type));
        };
    }

    private static GgufMetadata.Value array(GgufInput in, String key) throws IOException {
        ValueType type = type(in, key);
        if (type == ValueType.ARRAY) {
            throw in.broken("the metadata " + key + " is an array of arrays");
        }
        if (type != ValueType.STRING) {
            long count = in.count(type.bytes(), "numbers in the metadata " + key);
            return new GgufMetadata.Value.Numbers(type, in.bytes(count * type.bytes(), "the metadata " + key));
        }
        long count = in.count(Long.BYTES, "texts in the metadata " + key);
        List<String> texts = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            texts.add(in.text(Integer.MAX_VALUE, "a text of the metadata " + key));
        }
        return new GgufMetadata.Value.Texts(Collections.unmodifiableList(texts));
    }

    private static ValueType type(GgufInput in, String key) throws IOException {
        int number = in.integer();
        return ValueType.of(number)
                .orElseThrow(() -> in.broken(
                        "the metadata " + key + " is of the unknown type " + Integer.toUnsignedString(number)));
    }

    private static Map<String, Tensor> tensors(GgufInput in, long count, long alignment) throws IOException {
        Map<String, Tensor> places = new LinkedHashMap<>();
        for (long i = 0; i < count; i++) {
            String name = in.text(LONGEST_NAME, "the name of a tensor");
            if (places.put(name, tensor(in, name, alignment)) != null) {
                throw in.broken("it has the tensor " + name + " twice");
            }
        }
        long start = (in.position() + alignment - 1) & -alignment;
        long data = in.position() + in.remaining() - start;
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        places.forEach((name, tensor) -> {
            long bytes = tensor.end() - tensor.begin();
            if (tensor.begin() > data || bytes > data - tensor.begin()) {
                throw in.broken("the tensor " + name + " has " + bytes + " bytes from place " + tensor.begin()
                        + " on, but only " + Math.max(0, data) + " follow the header");
            }
            tensors.put(name, new Tensor(tensor.shape(), tensor.type(), start + tensor.begin()));
        });
        requireDisjoint(in, tensors);
        return tensors;
    }

    private static Tensor tensor(GgufInput in, String name, long alignment) throws IOException {
        int axes = in.integer();
        if (axes < 1 || axes > MOST_AXES) {
            throw in.broken("the tensor " + name + " has " + Integer.toUnsignedString(axes) + " axes, but 1 to "
                    + MOST_AXES + " are allowed");
        }
        List<Long> shape = new ArrayList<>();
        long elements = 1;
        for (int axis = 0; axis < axes; axis++) {
            long length = in.wide();
            if (length < 1 || length > Long.MAX_VALUE / Float.BYTES / elements) {
                throw in.broken(
                        "the tensor " + name + " has an axis of " + Long.toUnsignedString(length) + " elements");
            }
            elements *= length;
            shape.add(0, length);
        }
        int number = in.integer();
        TensorType type = TensorType.of(number)
                .orElseThrow(() -> new NanogptException(in.name() + ": the tensor " + name + " is of the type "
                        + TensorType.nameOf(number) + "; supported are " + Arrays.toString(TensorType.values())
                        + ": requantize the model with llama-quantize, or convert it again"));
        long row = shape.get(shape.size() - 1);
        if (row % type.block() != 0) {
            throw in.broken("the tensor " + name + " has rows of " + row + " elements, but " + type + " has blocks of "
                    + type.block());
        }
        long begin = in.wide();
        if (begin < 0 || begin % alignment != 0) {
            throw in.broken("the tensor " + name + " begins at " + Long.toUnsignedString(begin)
                    + ", which is no multiple of its alignment " + alignment);
        }
        return new Tensor(List.copyOf(shape), type, begin);
    }

    private static void requireDisjoint(GgufInput in, Map<String, Tensor> tensors) {
        List<Map.Entry<String, Tensor>> inOrder = new ArrayList<>(tensors.entrySet());
        inOrder.sort(Comparator.comparingLong(entry -> entry.getValue().begin()));
        for (int i = 1; i < inOrder.size(); i++) {
            if (inOrder.get(i).getValue().begin()
                    < inOrder.get(i - 1).getValue().end()) {
                throw in.broken("the tensors " + inOrder.get(i - 1).getKey() + " and "
                        + inOrder.get(i).getKey() + " overlap");
            }
        }
    }

    public String name() {
        return name;
    }

    /** The size of the file in bytes. */
    public long size() {
        return size;
    }

    public GgufMetadata metadata() {
        return metadata;
    }

    /** The names of the tensors, in the order of the file. */
    public List<String> names() {
        return List.copyOf(tensors.keySet());
    }

    public boolean has(String tensor) {
        return tensors.containsKey(tensor);
    }

    /** The sizes of a tensor's axes, row-major. */
    public List<Long> shape(String tensor) {
        return find(tensor).shape();
    }

    public TensorType type(String tensor) {
        return find(tensor).type();
    }

    /** The elements of a tensor, row-major. */
    public float[] floats(String tensor) {
        Tensor found = find(tensor);
        if (found.elements() > MOST_ELEMENTS) {
            throw new NanogptException(name + ": the tensor " + tensor + " has " + found.elements()
                    + " elements, but at most " + MOST_ELEMENTS + " can be read");
        }
        float[] values = new float[(int) found.elements()];
        copy(tensor, values, 0);
        return values;
    }

    /** Copies the elements of a tensor into an array from one place on. */
    public void copy(String tensor, float[] destination, int from) {
        Tensor found = find(tensor);
        int block = found.type().blockBytes();
        byte[] chunk = new byte[(int) Math.min(found.end() - found.begin(), (long) CHUNK_BYTES / block * block)];
        int at = from;
        try {
            file.seek(found.begin());
            for (long left = found.end() - found.begin(); left > 0; left -= chunk.length) {
                int count = (int) Math.min(chunk.length, left);
                file.readFully(chunk, 0, count);
                found.type().read(ByteBuffer.wrap(chunk, 0, count).order(ByteOrder.LITTLE_ENDIAN), destination, at);
                at += count / block * found.type().block();
            }
        } catch (EOFException e) {
            throw new NanogptException(name + " was truncated while it was read; read it again", e);
        } catch (IOException e) {
            throw RandomFiles.unreadable(name, e);
        }
    }

    private Tensor find(String tensor) {
        Tensor found = tensors.get(tensor);
        if (found == null) {
            throw new NanogptException(name + " has no tensor " + tensor);
        }
        return found;
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw RandomFiles.unreadable(name, e);
        }
    }
}
