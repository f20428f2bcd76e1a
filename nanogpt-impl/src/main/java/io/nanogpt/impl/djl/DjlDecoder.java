package io.nanogpt.impl.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.nanogpt.graph.Graph;
import io.nanogpt.impl.graph.SequenceMemory;
import io.nanogpt.spi.Decoder;
import java.lang.ref.Reference;
import java.util.List;
import java.util.concurrent.ExecutorService;

/** Decodes on the first device, which holds the key/value cache and the recurrent states. */
final class DjlDecoder implements Decoder {
    /** The most tokens computed at once, which bounds the size of the attention scores. */
    private static final int PIECE = 256;

    private final DjlDevices devices;
    private final NativeMemory memory;
    private final ExecutorService threads;
    private final Replica replica;
    private final TorchModule module;
    private final List<NDArray> constants;
    private final List<NDArray> state;
    private final int vocabularySize;
    private final int logitCount;
    private final int contextLength;
    /** Ids of the tokens before a piece that operations may need. */
    private final int[] history;

    private int length;

    DjlDecoder(Graph graph, DjlParameters parameters, DjlDevices devices, int capacity) {
        ProgramWriter.Written written =
                ProgramWriter.write(graph, parameters.layout(), devices.settings(capacity, true));
        if (!written.inputs().equals(List.of(Graph.TOKENS))
                || !written.outputs().equals(List.of(Graph.LOGITS))) {
            throw new IllegalArgumentException("decoding needs a graph from " + Graph.TOKENS + " to " + Graph.LOGITS
                    + ", but this one goes from " + written.inputs() + " to " + written.outputs());
        }
        this.devices = devices;
        threads = devices.threads();
        memory = devices.memory(this);
        NDManager manager = memory.manager(0);
        replica = parameters.replica(0);
        module = TorchModule.load(manager, written.program());
        memory.add(module);
        constants = written.constants().stream()
                .map(table -> manager.create(table.values(), new Shape(table.sizes())))
                .toList();
        state = written.state().stream()
                .map(array -> manager.zeros(
                        new Shape(array.sizes().stream()
                                .mapToLong(Integer::longValue)
                                .toArray()),
                        DataType.FLOAT32))
                .toList();
        vocabularySize = DjlExecutable.vocabulary(graph, Graph.TOKENS);
        logitCount = graph.output(Graph.LOGITS).shape().features();
        SequenceMemory sequence = SequenceMemory.of(graph);
        contextLength = sequence.unbounded() ? Integer.MAX_VALUE : capacity;
        history = new int[sequence.tokens()];
    }

    @Override
    public int contextLength() {
        return contextLength;
    }

    @Override
    public int length() {
        return length;
    }

    @Override
    public void reset() {
        length = 0;
    }

    @Override
    public void feed(int[] tokens, int from, int count, float[] logits) {
        if (count < 1 || count > contextLength - length) {
            throw new IllegalStateException("cannot feed " + count + " tokens after " + length + " to a cache of "
                    + contextLength + "; reset it first");
        }
        if (logits.length != logitCount) {
            throw new IllegalArgumentException(
                    "there are " + logitCount + " logits, but the array has " + logits.length);
        }
        for (int i = from; i < from + count; i++) {
            if (tokens[i] < 0 || tokens[i] >= vocabularySize) {
                throw new IllegalArgumentException(
                        "token id " + tokens[i] + " is not in the vocabulary of " + vocabularySize);
            }
        }
        try {
            for (int done = 0; done < count; done += PIECE) {
                int size = Math.min(PIECE, count - done);
                long[] ids = withHistory(tokens, from + done, size);
                memory.closeStep();
                memory.step(threads, 1, (device, step) -> compute(ids, size, step));
                length += size;
            }
            float[] last = memory.results().get(0).get(0).toFloatArray();
            System.arraycopy(last, 0, logits, 0, logitCount);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public void close() {
        devices.free(memory);
    }

    private NDList compute(long[] ids, int size, NDManager step) {
        NDArray weights = replica.array(Replica.VALUES);
        return module.call(
                "forward",
                new TorchModule.Arguments()
                        .add(weights)
                        .add(weights)
                        .add(constants)
                        .add(List.of(step.create(ids, new Shape(1, ids.length))))
                        .add(state)
                        .addAll(new long[0])
                        .addAll(length, ids.length - (long) size, size, 1, 0),
                step);
    }

    /** The ids of a piece, preceded by the history that operations may need; updates the history. */
    private long[] withHistory(int[] tokens, int from, int size) {
        int skip = Math.min(length, history.length);
        long[] ids = new long[skip + size];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = i < skip ? history[history.length - skip + i] : tokens[from + i - skip];
        }
        for (int i = 0; i < history.length; i++) {
            int at = ids.length - history.length + i;
            history[i] = at < 0 ? 0 : (int) ids[at];
        }
        return ids;
    }
}
