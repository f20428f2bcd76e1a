package io.nanogpt.impl.cpu;

import io.nanogpt.graph.Graph;
import io.nanogpt.impl.graph.SequenceMemory;
import io.nanogpt.spi.Decoder;

/**
 * Decodes on the calling thread. Large products are shared with the other threads of the backend when these are idle;
 * small models have none. Results are the same either way.
 */
final class CpuDecoder implements Decoder {
    /** Tokens per pass: enough to reuse the weights, few enough to keep activations small. */
    private static final int PIECE = 64;
    /** Tokens for which a new decoder has memory: a context may be far longer than what is generated. */
    private static final int FIRST_ROOM = 256;

    private final Operation[] operations;
    private final Plan.Output logits;
    private final CpuParameters parameters;
    private final ThreadTeam team;
    /** One for each thread of the team, the caller first. */
    private final Worker[] workers;

    private final ThreadTeam.Job partJob = this::runPart;
    private Operation shared;
    private final MicroBatch microBatch;
    private final int[] ids;
    private final int capacity;
    /** Tokens for which there is memory. */
    private int room;

    /** Token ids before those of a pass that operations read; stored in front of them. */
    private final int history;

    CpuDecoder(Graph graph, CpuParameters parameters, ThreadTeam team, Kernels kernels, int capacity) {
        int piece = Math.min(PIECE, capacity);
        this.room = Math.min(FIRST_ROOM, capacity);
        Plan plan = Compiler.decoder(graph, parameters, kernels.panelWidth(), piece, room, capacity);
        Plan.Output output = plan.outputs().get(Graph.LOGITS);
        if (output == null || plan.inputs().size() != 1) {
            throw new IllegalArgumentException(
                    "decoding needs a graph from " + Graph.TOKENS + " to " + Graph.LOGITS + ", but this one goes from "
                            + plan.inputs() + " to " + plan.outputs().keySet());
        }
        this.operations = plan.operations().toArray(Operation[]::new);
        this.shared = operations[0];
        this.logits = output;
        this.parameters = parameters;
        this.team = team;
        this.workers = new Worker[team.size()];
        for (int i = 0; i < workers.length; i++) {
            workers[i] = new Worker(kernels, plan.scratchSize(), plan.zeroSize());
        }
        SequenceMemory memory = SequenceMemory.of(graph);
        this.history = memory.tokens();
        this.ids = new int[Math.addExact(history, piece)];
        this.microBatch = new MicroBatch(plan.arenaSize(), new int[][] {ids}, piece);
        this.microBatch.firstRow = history;
        this.capacity = memory.unbounded() ? Integer.MAX_VALUE : capacity;
    }

    @Override
    public int contextLength() {
        return capacity;
    }

    @Override
    public int length() {
        return microBatch.past;
    }

    @Override
    public void reset() {
        microBatch.past = 0;
    }

    @Override
    public void feed(int[] tokens, int from, int count, float[] destination) {
        if (count < 1 || count > capacity - microBatch.past) {
            throw new IllegalStateException("cannot feed " + count + " tokens after " + microBatch.past
                    + " to a cache of " + capacity + "; reset it first");
        }
        if (destination.length != logits.width()) {
            throw new IllegalArgumentException(
                    "there are " + logits.width() + " logits, but the array has " + destination.length);
        }
        parameters.prepare();
        reserve(microBatch.past + count);
        int piece = ids.length - history;
        for (int done = 0; done < count; done += piece) {
            int size = Math.min(piece, count - done);
            System.arraycopy(tokens, from + done, ids, history, size);
            microBatch.length = size;
            microBatch.rows = size;
            for (Operation operation : operations) {
                run(operation);
            }
            microBatch.past += size;
            System.arraycopy(ids, size, ids, 0, history);
        }
        System.arraycopy(
                microBatch.arena,
                logits.offset() + (microBatch.rows - 1) * logits.width(),
                destination,
                0,
                logits.width());
    }

    /** Makes room for more tokens than before: for twice as many, so that few growths copy the cache. */
    private void reserve(int tokens) {
        if (tokens <= room) {
            return;
        }
        int more = (int) Math.min(capacity, Math.max(tokens, 2L * room));
        try {
            for (Operation operation : operations) {
                operation.reserve(more, workers[0]);
            }
        } catch (ArithmeticException | OutOfMemoryError e) {
            throw CpuBackend.tooLong(more, e);
        }
        room = more;
    }

    /** Its memory is the heap's. */
    @Override
    public void close() {}

    private void run(Operation operation) {
        if (workers.length > 1 && operation.isWorthSharing(microBatch)) {
            shared = operation;
            if (team.tryRun(operation.parts(microBatch), partJob)) {
                return;
            }
        }
        operation.run(microBatch, workers[0]);
    }

    private void runPart(int part, int worker) {
        shared.run(microBatch, workers[worker], part);
    }
}
