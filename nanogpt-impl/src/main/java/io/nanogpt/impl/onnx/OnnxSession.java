package io.nanogpt.impl.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.nanogpt.NanogptException;
import io.nanogpt.impl.files.Utf8Files;
import io.nanogpt.onnx.OnnxOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** A loaded graph and its metadata. Many threads may run it at once. */
final class OnnxSession implements AutoCloseable {
    private static final Set<String> KNOWN_INPUTS = Set.of(
            GraphSignature.INPUT_IDS,
            GraphSignature.POSITION_IDS,
            GraphSignature.ATTENTION_MASK,
            GraphSignature.LOGITS_POSITIONS,
            GraphSignature.RUN_LENGTHS,
            GraphSignature.SEQUENCE_LENGTHS,
            GraphSignature.TOTAL_LENGTH);

    private static final long GROWING = -1;
    private static final long BUFFER = -2;
    private static final String EXTERNAL_FOLDER = "session.model_external_initializers_file_folder_path";

    private final OrtEnvironment environment;
    private final OrtSession session;
    private final Map<String, String> metadata;
    private final Set<String> inputs;
    private final List<CacheInfo> caches = new ArrayList<>();
    private final int contextLength;
    private final int vocabularySize;

    /**
     * A state that one run passes to the next.
     *
     * @param past the name of the input
     * @param present the name of the output
     * @param type of its elements
     * @param axes sizes; {@link #GROWING} for the axis of the tokens so far, {@link #BUFFER} for that with room for the
     *     whole context
     * @param batch the axis of the sequences; those before it have one element
     */
    record CacheInfo(String past, String present, OnnxJavaType type, List<Long> axes, int batch) {
        /** Whether input and output are one buffer. */
        boolean shared() {
            return axes.contains(BUFFER);
        }

        /** Whether it has an axis of tokens. */
        boolean holdsTokens() {
            return tokenAxis() < axes.size();
        }

        /** The shape for sequences of so many tokens, or with room for them. */
        long[] shape(int sequences, int tokens) {
            long[] shape =
                    axes.stream().mapToLong(axis -> axis < 0 ? tokens : axis).toArray();
            shape[batch] = sequences;
            return shape;
        }

        /** In the state of a sequence, the number of parts that have the same tokens each: heads, as a rule. */
        long parts() {
            return product(batch + 1, holdsTokens() ? tokenAxis() : batch + 1);
        }

        /** The bytes of a token in a part, or of the whole state of a sequence where it holds no tokens. */
        long tokenBytes() {
            return product(holdsTokens() ? tokenAxis() + 1 : batch + 1, axes.size()) * type.size;
        }

        private int tokenAxis() {
            int axis = 0;
            while (axis < axes.size() && axes.get(axis) >= 0) {
                axis++;
            }
            return axis;
        }

        private long product(int from, int to) {
            // One that no long holds is refused as too large when it is allocated, like one that no buffer holds.
            return (long) axes.subList(from, to).stream()
                    .mapToDouble(Long::doubleValue)
                    .reduce(1, (a, b) -> a * b);
        }
    }

    private OnnxSession(OrtEnvironment environment, OrtSession session, Path file) throws OrtException {
        this.environment = environment;
        this.session = session;
        metadata = session.getMetadata().getCustomMetadata();
        contextLength = number(metadata, GraphSignature.CONTEXT_KEY, file);
        vocabularySize = number(metadata, GraphSignature.VOCABULARY_KEY, file);
        inputs = Set.copyOf(session.getInputNames());
        for (Map.Entry<String, NodeInfo> input : session.getInputInfo().entrySet()) {
            if (input.getKey().startsWith(GraphSignature.PAST)
                    && input.getValue().getInfo() instanceof TensorInfo tensor) {
                caches.add(cache(input.getKey(), tensor, file));
            } else if (!KNOWN_INPUTS.contains(input.getKey())) {
                throw notOurs(file, "has an input " + input.getKey());
            }
        }
    }

    /**
     * Loads a graph that {@link OnnxExporter} wrote.
     *
     * @param data the folder with its weights, where they are not in the graph
     * @throws NanogptException if the file does not exist, cannot be read, or is another program's
     */
    static OnnxSession open(Path file, Path data, OnnxOptions options, long parameters) {
        if (!Files.isRegularFile(file)) {
            throw new NanogptException(file + " does not exist; give the folder that LanguageModel.exportOnnx wrote");
        }
        GraphFileCheck.check(file, data);
        OrtEnvironment environment = OnnxRuntime.environment();
        try (OrtSession.SessionOptions session = OnnxRuntime.options(options, parameters)) {
            return open(environment, session(environment, session, file, data), file);
        } catch (IOException e) {
            throw Utf8Files.unreadable(file, e);
        } catch (OrtException e) {
            throw new NanogptException(
                    file + " cannot be read as an ONNX model: " + e.getMessage()
                            + "; it may be cut off, its weights in " + OnnxExporter.DATA_FILE
                            + " may be missing, or this"
                            + " ONNX Runtime may be too old for it (it needs 1.23); export the model again",
                    e);
        }
    }

    private static OrtSession session(
            OrtEnvironment environment, OrtSession.SessionOptions options, Path file, Path data)
            throws OrtException, IOException {
        if (data.equals(file.resolveSibling(""))) {
            return environment.createSession(file.toString(), options);
        }
        // Files that an interrupted export left in two folders.
        options.addConfigEntry(EXTERNAL_FOLDER, data.toString());
        return environment.createSession(Files.readAllBytes(file), options);
    }

    private static OnnxSession open(OrtEnvironment environment, OrtSession session, Path file) throws OrtException {
        try {
            return new OnnxSession(environment, session, file);
        } catch (OrtException | RuntimeException e) {
            session.close();
            throw e;
        }
    }

    Map<String, String> metadata() {
        return metadata;
    }

    int contextLength() {
        return contextLength;
    }

    int vocabularySize() {
        return vocabularySize;
    }

    List<CacheInfo> caches() {
        return caches;
    }

    boolean reads(String input) {
        return inputs.contains(input);
    }

    OrtSession session() {
        return session;
    }

    /** A tensor that shares a buffer's memory. */
    OnnxTensor tensor(ByteBuffer buffer, OnnxJavaType type, long... shape) {
        try {
            return OnnxTensor.createTensor(environment, buffer, shape, type);
        } catch (OrtException e) {
            throw failed(e);
        }
    }

    /** Allocates memory outside the heap, which native code reads and writes in place. */
    static ByteBuffer buffer(long elements, int elementBytes) {
        double bytes = (double) elements * elementBytes;
        try {
            return ByteBuffer.allocateDirect(Math.toIntExact(Math.multiplyExact(elements, elementBytes)))
                    .order(ByteOrder.nativeOrder());
        } catch (OutOfMemoryError | ArithmeticException e) {
            throw new NanogptException(
                    "cannot allocate " + String.format(Locale.ROOT, "%.0f", bytes)
                            + " bytes of a cache outside the heap (" + e.getMessage()
                            + "); generate fewer texts at once (BatchOptions.withSequences), or start Java with a larger"
                            + " -XX:MaxDirectMemorySize",
                    e);
        }
    }

    static NanogptException failed(OrtException e) {
        return new NanogptException("ONNX Runtime failed: " + e.getMessage(), e);
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw failed(e);
        }
    }

    private static CacheInfo cache(String past, TensorInfo info, Path file) {
        long[] shape = info.getShape();
        String[] names = info.getDimensionNames();
        List<Long> axes = new ArrayList<>();
        int batch = -1;
        for (int axis = 0; axis < shape.length; axis++) {
            switch (names[axis]) {
                case GraphSignature.BATCH -> {
                    batch = axis;
                    axes.add(1L);
                }
                case GraphSignature.PAST_AXIS -> axes.add(GROWING);
                case GraphSignature.BUFFER_AXIS -> axes.add(BUFFER);
                default -> {
                    if (shape[axis] < 1) {
                        throw notOurs(file, "has an axis " + names[axis] + " in its input " + past);
                    }
                    axes.add(shape[axis]);
                }
            }
        }
        if (batch < 0 || !axes.subList(0, batch).stream().allMatch(size -> size == 1)) {
            throw notOurs(file, "has no batch of sequences in its input " + past);
        }
        return new CacheInfo(
                past, GraphSignature.PRESENT + past.substring(GraphSignature.PAST.length()), info.type, axes, batch);
    }

    private static int number(Map<String, String> metadata, String key, Path file) {
        if (!GraphSignature.FORMAT.equals(metadata.get(GraphSignature.FORMAT_KEY))) {
            throw notOurs(
                    file,
                    "has " + GraphSignature.FORMAT_KEY + " " + metadata.get(GraphSignature.FORMAT_KEY) + ", not "
                            + GraphSignature.FORMAT);
        }
        try {
            int value = Integer.parseInt(metadata.getOrDefault(key, ""));
            if (value > 0) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Reported below, like a number that is too small.
        }
        throw notOurs(file, "has " + key + " '" + metadata.get(key) + "', which is not an integer above 0");
    }

    private static NanogptException notOurs(Path file, String reason) {
        return new NanogptException(file + " was not written by this library: its graph " + reason
                + "; give the folder that LanguageModel.exportOnnx wrote");
    }
}
