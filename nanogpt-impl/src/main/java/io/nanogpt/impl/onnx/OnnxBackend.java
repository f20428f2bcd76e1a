package io.nanogpt.impl.onnx;

import io.nanogpt.NanogptException;
import io.nanogpt.graph.Graph;
import io.nanogpt.graph.OpType;
import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.impl.graph.SequenceMemory;
import io.nanogpt.model.Architecture;
import io.nanogpt.onnx.OnnxOptions;
import io.nanogpt.spi.Backend;
import io.nanogpt.spi.BatchDecoder;
import io.nanogpt.spi.Decoder;
import io.nanogpt.spi.Executable;
import io.nanogpt.spi.ParameterStore;
import java.lang.ref.Cleaner;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One exported model run by ONNX Runtime. It decodes and measures losses; the weights are in the graph, so it neither
 * trains nor saves, and computes no graph but the exported one.
 */
public final class OnnxBackend implements Backend {
    /** The dependency that a program needs to use this backend. */
    static final String ARTIFACT = "com.microsoft.onnxruntime:onnxruntime";

    private static final Cleaner CLEANER = Cleaner.create();

    private final OnnxSession session;
    private final String name;
    private final ParameterStore parameters;
    /** Whether decoders have no longest sequence. */
    private final boolean unbounded;
    /** Of decoders that are not closed. */
    private final Set<Runnable> unfreed = ConcurrentHashMap.newKeySet();

    private OnnxBackend(OnnxSession session, Architecture architecture, OnnxOptions options) {
        this.session = session;
        this.parameters = new ExportedParameters(architecture.graph().parameters());
        unbounded = SequenceMemory.of(architecture.graph()).unbounded();
        name = "onnxruntime " + OnnxRuntime.environment().getVersion() + ", "
                + options.provider().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /**
     * Loads {@link OnnxExporter#FILE} of a folder.
     *
     * @param architecture of the model that was exported
     * @throws NanogptException if the graph cannot be read, or belongs to another model
     */
    public static OnnxBackend open(Path folder, Architecture architecture, OnnxOptions options) {
        Path file = folder.resolve(OnnxExporter.FILE);
        return open(file, file.resolveSibling(""), architecture, options);
    }

    /**
     * Loads a graph.
     *
     * @param data the folder with {@link OnnxExporter#DATA_FILE}, if the weights are there
     * @param architecture of the model that was exported
     * @throws NanogptException if the graph cannot be read, or belongs to another model
     */
    public static OnnxBackend open(Path file, Path data, Architecture architecture, OnnxOptions options) {
        requireRuntime();
        OnnxSession session =
                OnnxSession.open(file, data, options, architecture.graph().parameterCount());
        if (session.vocabularySize() != architecture.vocabularySize()
                || session.contextLength() != architecture.contextLength()) {
            session.close();
            throw new NanogptException(file + " has " + session.vocabularySize() + " token ids and a context of "
                    + session.contextLength() + ", but config.json beside it has " + architecture.vocabularySize()
                    + " and " + architecture.contextLength()
                    + "; the two files belong to different models: export the model again");
        }
        return new OnnxBackend(session, architecture, options);
    }

    /**
     * Checks that ONNX Runtime is on the class path, without loading its classes or any that refer to them.
     *
     * @throws NanogptException naming the artifact to add if it is not
     */
    public static void requireRuntime() {
        try {
            Class.forName("ai.onnxruntime.OrtEnvironment", false, OnnxBackend.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new NanogptException(
                    "ONNX Runtime is not on the class path; add the dependency " + ARTIFACT + " (or " + ARTIFACT
                            + "_gpu for NVIDIA GPUs), version 1.28.0",
                    e);
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean supports(OpType type) {
        return true;
    }

    /** The metadata of the graph, texts by key. */
    public Map<String, String> metadata() {
        return session.metadata();
    }

    /** The specifications of the weights; their values are in the graph. */
    public ParameterStore parameters() {
        return parameters;
    }

    @Override
    public ParameterStore allocate(List<ParameterSpec> specs) {
        throw new UnsupportedOperationException("ONNX Runtime runs only exported models, with their own weights");
    }

    @Override
    public Executable compile(Graph graph, ParameterStore store, int batch, int sequence) {
        if (!graph.outputs().keySet().equals(Set.of(Graph.LOSS))) {
            throw new UnsupportedOperationException(
                    "a model loaded from ONNX decodes and measures losses, but this needs "
                            + graph.outputs().keySet()
                            + "; load the model that it was exported from with LanguageModel.load");
        }
        return new OnnxExecutable(newBatchDecoder(sequence), session.vocabularySize(), batch, sequence);
    }

    @Override
    public long executableBytes(Graph graph, ParameterStore store, int batch, int sequence) {
        return OnnxExecutable.bytes(session.vocabularySize(), batch, sequence);
    }

    @Override
    public Decoder decoder(Graph graph, ParameterStore store, int contextLength) {
        return Decoder.of(newBatchDecoder(contextLength));
    }

    @Override
    public Optional<BatchDecoder> batchDecoder(Graph graph, ParameterStore store, int contextLength) {
        return Optional.of(newBatchDecoder(contextLength));
    }

    private OnnxBatchDecoder newBatchDecoder(int contextLength) {
        Set<Runnable> known = unfreed;
        OnnxBatchDecoder decoder = new OnnxBatchDecoder(
                session, Math.min(contextLength, session.contextLength()), unbounded, memory -> free(memory, known));
        Runnable memory = decoder.memory();
        known.add(memory);
        CLEANER.register(decoder, () -> free(memory, known));
        return decoder;
    }

    /** Once, whether the decoder is closed, collected as garbage or left to {@link #close}. */
    private static void free(Runnable memory, Set<Runnable> unfreed) {
        if (unfreed.remove(memory)) {
            memory.run();
        }
    }

    @Override
    public void close() {
        unfreed.forEach(memory -> free(memory, unfreed));
        session.close();
    }
}
