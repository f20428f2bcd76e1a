package io.nanogpt.impl.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import io.nanogpt.graph.Graph;
import io.nanogpt.impl.graph.SequenceMemory;
import io.nanogpt.spi.BatchDecoder;
import java.lang.ref.Reference;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Decodes sequences on the first device. A run computes a row of tokens for each of its sequences, whatever their
 * lengths: each token has a position of its own, and attention sees the tokens of its own sequence up to it. Sequences
 * with similar numbers of new tokens share a run, so that at most half of it is padding; all that have one token do.
 */
final class DjlBatchDecoder implements BatchDecoder {
    /** The most tokens of a run, which bounds the size of the attention scores. */
    private static final int RUN_TOKENS = 256;

    private final DjlDevices devices;
    private final NativeMemory memory;
    private final Replica replica;
    private final TorchModule module;
    private final List<NDArray> constants;
    private final SequenceStates states;
    private final int vocabularySize;
    private final int logitCount;
    private final int contextLength;
    private final int history;
    private SequenceSlot[] slots = {};

    /** New tokens of a sequence in one run. */
    private record Piece(Feed feed, SequenceSlot slot, int done, int count) {
        boolean isLast() {
            return done + count == feed.count();
        }
    }

    DjlBatchDecoder(Graph graph, DjlParameters parameters, DjlDevices devices, int capacity) {
        ProgramWriter.Written written =
                ProgramWriter.write(graph, parameters.layout(), devices.settings(capacity, true));
        if (!written.inputs().equals(List.of(Graph.TOKENS))
                || !written.outputs().equals(List.of(Graph.LOGITS))) {
            throw new IllegalArgumentException("decoding needs a graph from " + Graph.TOKENS + " to " + Graph.LOGITS
                    + ", but this one goes from " + written.inputs() + " to " + written.outputs());
        }
        this.devices = devices;
        memory = devices.memory(this);
        NDManager manager = memory.manager(0);
        replica = parameters.replica(0);
        module = TorchModule.load(manager, written.program());
        memory.add(module);
        constants = written.constants().stream()
                .map(table -> manager.create(table.values(), new Shape(table.sizes())))
                .toList();
        states = new SequenceStates(module, memory, written.state(), capacity);
        vocabularySize = DjlExecutable.vocabulary(graph, Graph.TOKENS);
        logitCount = graph.output(Graph.LOGITS).shape().features();
        SequenceMemory sequence = SequenceMemory.of(graph);
        contextLength = sequence.unbounded() ? Integer.MAX_VALUE : capacity;
        history = sequence.tokens();
    }

    @Override
    public int contextLength() {
        return contextLength;
    }

    @Override
    public int length(int slot) {
        return slot(slot).length();
    }

    @Override
    public void reset(int slot) {
        SequenceSlot sequence = slot(slot);
        states.remove(sequence);
        sequence.clear();
    }

    @Override
    public boolean copy(int from, int count, int to) {
        SequenceSlot source = slot(from);
        int length = source.length();
        if (count > length || (count < length && (history > 0 || !states.holdsTokens()))) {
            return false;
        }
        memory.requireOpen();
        try {
            states.copy(source, count, slot(to));
        } finally {
            Reference.reachabilityFence(this);
        }
        return true;
    }

    @Override
    public long bytes(int tokens) {
        return states.bytes(tokens);
    }

    @Override
    public void feed(List<? extends Feed> feeds) {
        feeds.forEach(this::check);
        memory.requireOpen();
        List<Piece> pieces = new ArrayList<>();
        for (Feed feed : feeds) {
            pieces.add(piece(feed, 0));
        }
        try {
            while (!pieces.isEmpty()) {
                List<Piece> next = new ArrayList<>();
                for (List<Piece> run : runs(pieces)) {
                    compute(run);
                    for (Piece piece : run) {
                        if (!piece.isLast()) {
                            next.add(piece(piece.feed(), piece.done() + piece.count()));
                        }
                    }
                }
                pieces = next;
            }
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    private void check(Feed feed) {
        int length = slot(feed.slot()).length();
        if (feed.count() < 1 || feed.count() > contextLength - length) {
            throw new IllegalStateException("cannot feed " + feed.count() + " tokens after " + length
                    + " to a cache of " + contextLength + "; reset it first");
        }
        if (feed.logits().length != logitCount) {
            throw new IllegalArgumentException(
                    "there are " + logitCount + " logits, but the array has " + feed.logits().length);
        }
        for (int i = feed.from(); i < feed.from() + feed.count(); i++) {
            int id = feed.tokens()[i];
            if (id < 0 || id >= vocabularySize) {
                throw new IllegalArgumentException("token id " + id + " is not in the vocabulary of " + vocabularySize);
            }
        }
    }

    private Piece piece(Feed feed, int done) {
        return new Piece(feed, slot(feed.slot()), done, Math.min(RUN_TOKENS, feed.count() - done));
    }

    /** Divides pieces into runs, the longest first. */
    private static List<List<Piece>> runs(List<Piece> pieces) {
        List<Piece> ordered = new ArrayList<>(pieces);
        ordered.sort(Comparator.comparingInt(Piece::count).reversed());
        List<List<Piece>> runs = new ArrayList<>();
        List<Piece> run = new ArrayList<>();
        for (Piece piece : ordered) {
            int most = run.isEmpty() ? piece.count() : run.get(0).count();
            if (2 * piece.count() < most || most * (run.size() + 1) > RUN_TOKENS) {
                runs.add(run);
                run = new ArrayList<>();
            }
            run.add(piece);
        }
        runs.add(run);
        return runs;
    }

    private void compute(List<Piece> run) {
        int sequence = run.get(0).count();
        int total = 0;
        for (Piece piece : run) {
            total = Math.max(total, piece.slot().length() + piece.count());
        }
        states.reserve(total);
        int first = states.arrange(run.stream().map(Piece::slot).toList());
        DecodingRows rows = new DecodingRows(run.size(), history, sequence, states.unread());
        for (Piece piece : run) {
            Feed feed = piece.feed();
            rows.set(piece.slot().row - first, piece.slot(), feed.tokens(), feed.from() + piece.done(), piece.count());
        }
        long[] numbers = {first, history, sequence, total};
        memory.closeStep();
        memory.step(devices.threads(), 1, (device, step) -> {
            NDArray input = step.create(rows.values(), new Shape(run.size(), rows.width()));
            return call(input, numbers, step);
        });
        read(run, first);
    }

    private NDList call(NDArray input, long[] numbers, NDManager step) {
        NDArray weights = replica.array(Replica.VALUES);
        TorchModule.Arguments arguments = new TorchModule.Arguments()
                .add(weights)
                .add(weights)
                .add(constants)
                .add(List.of(input))
                .add(states.arrays())
                .addAll(new long[0])
                .addAll(numbers);
        return module.call("forward", arguments, step);
    }

    /** Reads the logits after the last tokens, and notes the new ones. */
    private void read(List<Piece> run, int first) {
        PtNDArray result = (PtNDArray) memory.results().get(0).get(0);
        FloatBuffer logits = result.toByteBuffer(true).asFloatBuffer();
        for (Piece piece : run) {
            Feed feed = piece.feed();
            if (piece.isLast()) {
                logits.get((piece.slot().row - first) * logitCount, feed.logits());
            }
            piece.slot().append(feed.tokens(), feed.from() + piece.done(), piece.count());
        }
    }

    private SequenceSlot slot(int number) {
        if (number >= slots.length) {
            int known = slots.length;
            slots = Arrays.copyOf(slots, number + 1);
            for (int i = known; i < slots.length; i++) {
                slots[i] = new SequenceSlot(history);
            }
        }
        return slots[number];
    }

    @Override
    public void close() {
        devices.free(memory);
    }
}
