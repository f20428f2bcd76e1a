package io.nanogpt.impl.cpu;

import io.nanogpt.spi.BatchDecoder;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decodes sequences in passes of rows, a row for each new token: products have all rows of a pass, so that they read
 * the weights once; attention runs for each sequence over its own keys and values. Every element of a product is one
 * chain of multiply-adds, whatever rows are beside its own, so that a sequence has the same bits as alone.
 *
 * <p>The rows of a small model are divided among the threads, which then meet once a pass; for a large one, whose weights
 * come from memory, threads divide the columns of each product, so that each weight is read once.
 */
final class CpuBatchDecoder implements BatchDecoder {
    /** The most weights of a small model. */
    private static final long SMALL = 16_000_000;
    /**
     * The bytes of weights from which on a second-level cache does not hold all of them beside the keys and values, so that
     * each thread should read the same part of them for every token. Below, calling threads costs more than they save.
     */
    private static final long CACHED = 2_000_000;
    /** Rows of a tile of a product. */
    private static final int TILE_ROWS = 4;

    private final DecodingPlan plan;
    private final Operation[] operations;
    private final ThreadTeam team;
    /** One for each thread of the team, the caller first. */
    private final Worker[] workers;
    /** One, or one for each thread. */
    private final @Nullable Lane[] lanes;

    private final ThreadTeam.Job partJob = this::runPart;
    private final ThreadTeam.Job shareJob = this::runShare;
    private final ThreadTeam.Job laneJob = this::runLane;
    private Operation shared;
    private Lane current;
    private int shares;
    /** Whether products are divided among the threads in the same way for every token: see {@link #CACHED}. */
    private final boolean divided;
    /** Tokens of a sequence for which the workers have memory. */
    private int room;

    private @Nullable SequenceState[] states = new SequenceState[1];
    /** Tokens of each feed that are computed. */
    private int[] done = new int[1];

    CpuBatchDecoder(DecodingPlan plan, ThreadTeam team) {
        this.plan = plan;
        this.team = team;
        operations = plan.plan.operations().toArray(Operation[]::new);
        shared = operations[0];
        room = plan.room;
        workers = new Worker[team.size()];
        for (int i = 0; i < workers.length; i++) {
            workers[i] = new Worker(plan.kernels, plan.plan.scratchSize(), plan.plan.zeroSize());
        }
        lanes = new Lane[plan.many && plan.weights() <= SMALL ? workers.length : 1];
        divided = team.size() > 1 && plan.weightBytes() >= CACHED;
        current = lane(0);
    }

    @Override
    public int contextLength() {
        return plan.capacity;
    }

    @Override
    public int length(int slot) {
        return state(slot).length;
    }

    @Override
    public void reset(int slot) {
        state(slot).clear();
    }

    @Override
    public boolean copy(int from, int count, int to) {
        SequenceState source = state(from);
        if (!source.reaches(count)) {
            return false;
        }
        try {
            state(to).copyFrom(source, count, plan.capacity);
        } catch (ArithmeticException | OutOfMemoryError e) {
            throw CpuBackend.tooLong(count, e);
        }
        return true;
    }

    @Override
    public boolean drops() {
        return plan.drops;
    }

    @Override
    public void drop(int slot, int count) {
        SequenceState state = state(slot);
        if (!plan.drops || count < 0 || count >= state.length) {
            throw new IllegalStateException("cannot drop " + count + " of " + state.length + " tokens");
        }
        state.drop(count);
    }

    @Override
    public long bytes(int tokens) {
        return plan.state().bytes(tokens);
    }

    @Override
    public void feed(List<? extends Feed> feeds) {
        int left = 0;
        for (int i = 0; i < feeds.size(); i++) {
            check(feeds.get(i));
            left += feeds.get(i).count();
        }
        plan.parameters.prepare();
        if (done.length < feeds.size()) {
            done = new int[feeds.size()];
        }
        Arrays.fill(done, 0, feeds.size(), 0);
        for (int i = 0; i < feeds.size(); i++) {
            reserve(feeds.get(i));
        }
        while (left > 0) {
            left -= pass(feeds, left);
        }
    }

    private void check(Feed feed) {
        int length = state(feed.slot()).length;
        if (feed.count() < 1 || feed.count() > plan.capacity - length) {
            throw new IllegalStateException("cannot feed " + feed.count() + " tokens after " + length
                    + " to a cache of " + plan.capacity + "; reset it first");
        }
        if (feed.logits().length != plan.logits.width()) {
            throw new IllegalArgumentException(
                    "there are " + plan.logits.width() + " logits, but the array has " + feed.logits().length);
        }
    }

    private void reserve(Feed feed) {
        SequenceState state = state(feed.slot());
        int tokens = state.length + feed.count();
        try {
            state.reserve(tokens, plan.capacity);
            if (state.room() > room) {
                for (Operation operation : operations) {
                    for (Worker worker : workers) {
                        operation.reserve(state.room(), worker);
                    }
                }
                room = state.room();
            }
        } catch (ArithmeticException | OutOfMemoryError e) {
            throw CpuBackend.tooLong(tokens, e);
        }
    }

    /** Computes as many of the {@code left} tokens as a pass has rows; their number. */
    private int pass(List<? extends Feed> feeds, int left) {
        int share = feeds.size() == 1 ? plan.rows : share(left, lanes.length, plan.rows);
        int used = 0;
        int rows = 0;
        Lane lane = lane(0);
        lane.clear();
        for (int i = 0; i < feeds.size(); i++) {
            Feed feed = feeds.get(i);
            if (done[i] == feed.count()) {
                continue;
            }
            if (lane.microBatch.rows == share) {
                if (++used == lanes.length) {
                    used--;
                    break;
                }
                lane = lane(used);
                lane.clear();
            }
            int size = Math.min(feed.count() - done[i], share - lane.microBatch.rows);
            lane.add(state(feed.slot()), feed, done[i], size);
            done[i] += size;
            rows += size;
        }
        run(used + 1);
        return rows;
    }

    /**
     * The rows of a lane, whole tiles, where all lanes have {@code left}: a tile of the captions model computes for longer
     * than it takes to wake a thread.
     */
    static int share(int left, int lanes, int most) {
        int even = (left + lanes - 1) / lanes;
        return Math.min(most, (even + TILE_ROWS - 1) / TILE_ROWS * TILE_ROWS);
    }

    private void run(int used) {
        if (used == 1) {
            current = lane(0);
            for (Operation operation : operations) {
                run(operation);
            }
        } else if (!team.tryRun(used, laneJob)) {
            for (int lane = 0; lane < used; lane++) {
                runLane(lane, 0);
            }
        }
        for (int lane = 0; lane < used; lane++) {
            lane(lane).finish();
        }
    }

    private void run(Operation operation) {
        MicroBatch microBatch = current.microBatch;
        if (workers.length > 1 && operation.isWorthSharing(microBatch)) {
            shared = operation;
            if (team.tryRun(operation.parts(microBatch), partJob)) {
                return;
            }
        }
        if (divided) {
            shares = operation.shares(microBatch, Math.min(UntakenTasks.MOST_NUMBERED, workers.length));
            shared = operation;
            if (shares > 1 && team.tryRunNumbered(shares, shareJob)) {
                return;
            }
        }
        operation.run(microBatch, workers[0]);
    }

    private void runShare(int share, int worker) {
        shared.runShare(current.microBatch, workers[worker], share, shares);
    }

    private void runPart(int part, int worker) {
        shared.run(current.microBatch, workers[worker], part);
    }

    private void runLane(int lane, int worker) {
        MicroBatch microBatch = lane(lane).microBatch;
        for (Operation operation : operations) {
            operation.run(microBatch, workers[worker]);
        }
    }

    private Lane lane(int index) {
        Lane lane = lanes[index];
        if (lane == null) {
            lane = new Lane(plan);
            lanes[index] = lane;
        }
        return lane;
    }

    private SequenceState state(int slot) {
        if (slot >= states.length) {
            states = Arrays.copyOf(states, Math.max(slot + 1, 2 * states.length));
        }
        SequenceState state = states[slot];
        if (state == null) {
            state = plan.state();
            states[slot] = state;
        }
        return state;
    }

    /** Its memory is the heap's. */
    @Override
    public void close() {}
}
