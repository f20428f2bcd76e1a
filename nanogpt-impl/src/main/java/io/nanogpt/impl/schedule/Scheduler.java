package io.nanogpt.impl.schedule;

import io.nanogpt.generate.BatchOptions;
import io.nanogpt.impl.schedule.Session.Ticket;
import io.nanogpt.spi.BatchDecoder;
import io.nanogpt.spi.Decoder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Decodes the sequences of all callers of a model together. A model has places for a number of sequences; callers wait
 * for them in a line, first come, first served. In a step every sequence that has new tokens is fed, whoever it belongs
 * to: the last caller to come with its tokens computes the step for all, while the others sleep. A caller that takes
 * longer over its tokens than a step took is not waited for.
 *
 * <p>Where the backend decodes each sequence by itself, every caller feeds its own, and only the places are shared.
 */
public final class Scheduler implements AutoCloseable {
    /** New tokens of a step at most, apart from one for each sequence: a long prompt is fed in several steps. */
    private static final int STEP_TOKENS = 256;
    /** The share of the heap that full contexts may take. */
    private static final int HEAP_SHARE = 2;

    private static final long LEAST_PATIENCE = 1_000_000;
    private static final long MOST_PATIENCE = 20_000_000;

    private final Supplier<Optional<BatchDecoder>> together;
    private final Supplier<Decoder> alone;
    private final int logitCount;

    private final ReentrantLock lock = new ReentrantLock();
    private final Line line = new Line(lock);
    private final List<Sequence> ready = new ArrayList<>();
    private final List<Sequence> step = new ArrayList<>();
    /** Sessions whose results are there and whose next tokens are expected soon. */
    private final Set<Session> expected = new HashSet<>();

    private final Set<Session> sessions = new HashSet<>();
    private final BitSet slots = new BitSet();
    private final Deque<Decoder> idle = new ArrayDeque<>();
    private final PrefixCache cache = new PrefixCache(slots::clear);
    private BatchOptions options = BatchOptions.defaults();
    private @Nullable BatchDecoder batch;
    private boolean opened;
    private boolean stepping;
    private long stepEnd;
    private long patience = LEAST_PATIENCE;
    /** The session that waits for the expected ones with a limit of time; the others wait without. */
    private @Nullable Session patient;

    /**
     * Creates a scheduler, which opens decoders when they are first used.
     *
     * @param together opens a decoder of many sequences, if the backend has one
     * @param alone opens a decoder of one sequence, where it has none
     */
    public Scheduler(Supplier<Optional<BatchDecoder>> together, Supplier<Decoder> alone, int logitCount) {
        this.together = together;
        this.alone = alone;
        this.logitCount = logitCount;
    }

    /** Replaces the options, for what comes later. */
    public void set(BatchOptions value) {
        lock.lock();
        try {
            options = value;
            cache.shrink(value.prefixCacheBytes());
            if (opened) {
                line.set(limit(), value.waiting());
            }
        } finally {
            lock.unlock();
        }
    }

    /** Opens a session. */
    public Session session() {
        Session session = new Session(this, lock.newCondition());
        lock.lock();
        try {
            sessions.add(session);
        } finally {
            lock.unlock();
        }
        return session;
    }

    /** Whether there is an open session with some property. */
    boolean anySession(Predicate<Session> property) {
        lock.lock();
        try {
            return sessions.stream().anyMatch(property);
        } finally {
            lock.unlock();
        }
    }

    /** Nobody waits for a session any more, which has ended its sequences. */
    void close(Session session) {
        lock.lock();
        try {
            sessions.remove(session);
            rest(session);
        } finally {
            lock.unlock();
        }
    }

    /** Returns the number of sequences that can run at once. */
    public int places() {
        return line().places();
    }

    /** Returns the number of callers that may stand in line. */
    public int waiting() {
        lock.lock();
        try {
            return options.waiting();
        } finally {
            lock.unlock();
        }
    }

    /** Returns whether a sequence can continue from the state of another. */
    public boolean copies() {
        lock.lock();
        try {
            open();
            return batch != null;
        } finally {
            lock.unlock();
        }
    }

    /** Returns whether the first tokens of a sequence can be dropped. */
    boolean drops() {
        lock.lock();
        try {
            open();
            return batch != null && batch.drops();
        } finally {
            lock.unlock();
        }
    }

    /** Returns the places and the line before them. */
    Line line() {
        lock.lock();
        try {
            open();
            return line;
        } finally {
            lock.unlock();
        }
    }

    private void open() {
        if (!opened) {
            batch = together.get().orElse(null);
            opened = true;
            line.set(limit(), options.waiting());
        }
    }

    private int limit() {
        if (batch == null || options.sequences().isPresent()) {
            return options.sequences().orElse(BatchOptions.DEFAULT_SEQUENCES);
        }
        long each = Math.max(1, batch.bytes(batch.contextLength()));
        long fit = Runtime.getRuntime().maxMemory() / HEAP_SHARE / each;
        return (int) Math.max(1, Math.min(BatchOptions.DEFAULT_SEQUENCES, fit));
    }

    /** The sequences of a granted ticket. */
    List<Sequence> open(Ticket ticket) {
        List<Sequence> sequences = new ArrayList<>();
        try {
            while (sequences.size() < ticket.count) {
                sequences.add(sequence(ticket.session));
            }
        } catch (RuntimeException | Error e) {
            sequences.forEach(sequence -> release(sequence, false));
            line.giveBack(ticket.count - sequences.size());
            throw e;
        }
        return sequences;
    }

    private Sequence sequence(Session session) {
        Decoder decoder;
        lock.lock();
        try {
            if (batch != null) {
                int slot = slots.nextClearBit(0);
                slots.set(slot);
                session.placed++;
                return new Sequence(session, slot, null, batch.contextLength(), logitCount);
            }
            decoder = idle.poll();
        } finally {
            lock.unlock();
        }
        Decoder used = decoder != null ? decoder : alone.get();
        lock.lock();
        try {
            session.placed++;
        } finally {
            lock.unlock();
        }
        return new Sequence(session, 0, used, used.contextLength(), logitCount);
    }

    /** Ends a sequence, or with {@code parked} its place alone. */
    void release(Sequence sequence, boolean parked) {
        Decoder decoder = sequence.decoder;
        lock.lock();
        try {
            forget(sequence);
            if (sequence.placed) {
                sequence.placed = false;
                sequence.session.placed--;
                line.giveBack(1);
            }
            if (decoder == null && !parked) {
                slots.clear(sequence.slot());
            } else if (decoder != null && !parked && !sequence.isFailed()) {
                idle.push(decoder);
                decoder = null;
            }
        } finally {
            lock.unlock();
        }
        if (decoder != null && !parked) {
            // After a failure its state is unknown.
            decoder.close();
        }
    }

    /** Begins a sequence with the state of an earlier text; the number of tokens that it has, 0 where none is kept. */
    int recall(Sequence sequence, int[] ids, int count) {
        lock.lock();
        try {
            // The last one is fed for its logits.
            PrefixCache.Kept state = sequence.decoder == null ? cache.begin(ids, count - 1) : null;
            if (state == null) {
                return 0;
            }
            int common = PrefixCache.common(state, ids, count - 1);
            sequence.recall(state, common);
            return common;
        } finally {
            lock.unlock();
        }
    }

    /** Ends a sequence and keeps its state, if there is a cache that it fits into. */
    void keep(Sequence sequence, int[] ids, int count) {
        lock.lock();
        try {
            BatchDecoder decoder = batch;
            if (decoder == null || options.prefixCacheBytes() == 0 || !sequence.isFed()) {
                release(sequence, false);
                return;
            }
            release(sequence, true);
            cache.add(
                    new PrefixCache.Kept(sequence.slot(), Arrays.copyOf(ids, count), decoder.bytes(count)),
                    options.prefixCacheBytes());
        } finally {
            lock.unlock();
        }
    }

    /** Notes that a sequence no longer needs the state of an earlier text. */
    private void forget(Sequence sequence) {
        PrefixCache.Kept state = sequence.kept;
        if (state != null) {
            sequence.kept = null;
            cache.read(state, options.prefixCacheBytes());
        }
    }

    /** Nobody waits for a session any more. */
    void rest(Session session) {
        lock.lock();
        try {
            if (expected.remove(session)) {
                wakeOne();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Feeds the prepared tokens of sequences, at least one. */
    void run(Session session, List<Sequence> fed) throws InterruptedException {
        if (batch == null) {
            runAlone(fed);
            return;
        }
        lock.lock();
        try {
            expected.remove(session);
            session.failure = null;
            ready.addAll(fed);
            session.unfinished = fed.size();
            while (session.unfinished > 0) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                if (!stepping && (expected.isEmpty() || areLate())) {
                    step();
                } else if (stepping || patient != null) {
                    session.changed.await();
                } else {
                    patient = session;
                    try {
                        session.changed.awaitNanos(stepEnd + patience - System.nanoTime());
                    } finally {
                        patient = null;
                    }
                }
            }
            expected.add(session);
            rethrow(session.failure);
        } catch (InterruptedException e) {
            withdraw(session);
            throw e;
        } finally {
            lock.unlock();
        }
    }

    private static void runAlone(List<Sequence> fed) throws InterruptedException {
        for (Sequence sequence : fed) {
            try {
                sequence.feedAlone();
            } catch (RuntimeException | Error e) {
                sequence.fail();
                throw e;
            }
        }
    }

    private static void rethrow(@Nullable Throwable failure) {
        if (failure instanceof RuntimeException exception) {
            throw exception;
        }
        if (failure instanceof Error error) {
            throw error;
        }
    }

    /** Whether the expected sessions had their time: then nobody waits for them until they are back. */
    private boolean areLate() {
        boolean late = System.nanoTime() - stepEnd >= patience;
        if (late) {
            expected.clear();
        }
        return late;
    }

    /** Takes the sequences of a session out, after a step that they are in. */
    private void withdraw(Session session) {
        while (session.inStep > 0) {
            session.changed.awaitUninterruptibly();
        }
        ready.removeIf(sequence -> sequence.session == session);
        session.unfinished = 0;
        wakeOne();
    }

    /** Wakes a session that waits for its tokens, to look whether it can compute a step. */
    private void wakeOne() {
        if (!stepping && !ready.isEmpty()) {
            ready.get(0).session.changed.signal();
        }
    }

    /** Computes a step for all, without the lock. */
    private void step() {
        stepping = true;
        collect();
        BatchDecoder decoder = batch;
        Throwable failure = null;
        long begin = System.nanoTime();
        lock.unlock();
        try {
            feed(decoder);
        } catch (RuntimeException | Error e) {
            failure = e;
        } finally {
            lock.lock();
            stepping = false;
            stepEnd = System.nanoTime();
            patience = Math.max(LEAST_PATIENCE, Math.min(MOST_PATIENCE, stepEnd - begin));
        }
        for (Sequence sequence : step) {
            finish(sequence, failure);
        }
        ready.removeIf(sequence -> sequence.left == 0);
        wakeOne();
    }

    /** One token of every sequence, and of prompts as many as a step has, in the order in which they came. */
    private void collect() {
        step.clear();
        int left = STEP_TOKENS;
        for (Sequence sequence : ready) {
            int size = sequence.left == 1 ? 1 : Math.min(sequence.left, left);
            if (size > 0) {
                left -= sequence.left == 1 ? 0 : size;
                sequence.count = size;
                sequence.session.inStep++;
                step.add(sequence);
            }
        }
    }

    private void feed(@Nullable BatchDecoder decoder) {
        if (decoder == null) {
            throw new IllegalStateException("there is no decoder of many sequences");
        }
        // What is copied must not be reset before.
        for (Sequence sequence : step) {
            if (sequence.begin == Sequence.Begin.COPY
                    && !decoder.copy(sequence.copied, sequence.copiedTokens, sequence.slot())) {
                if (sequence.kept == null) {
                    throw new IllegalStateException("slot " + sequence.copied + " has no state after "
                            + sequence.copiedTokens + " tokens any more");
                }
                sequence.feedAll();
            }
        }
        for (Sequence sequence : step) {
            if (sequence.begin == Sequence.Begin.RESET) {
                decoder.reset(sequence.slot());
            }
            if (sequence.drop > 0) {
                decoder.drop(sequence.slot(), sequence.drop);
                sequence.drop = 0;
            }
        }
        decoder.feed(step);
    }

    private void finish(Sequence sequence, @Nullable Throwable failure) {
        Session session = sequence.session;
        forget(sequence);
        session.inStep--;
        if (failure != null) {
            session.failure = failure;
            sequence.left = 0;
            sequence.fail();
        } else {
            sequence.advance();
        }
        if (sequence.left == 0) {
            session.unfinished--;
        }
        if (session.unfinished == 0 || session.inStep == 0) {
            session.changed.signal();
        }
    }

    /** Closes the decoders, when no session is open. */
    @Override
    public void close() {
        lock.lock();
        try {
            idle.forEach(Decoder::close);
            idle.clear();
            if (batch != null) {
                batch.close();
            }
        } finally {
            lock.unlock();
        }
    }
}
