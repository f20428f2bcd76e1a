package io.nanogpt.impl.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import org.jspecify.annotations.Nullable;

/** The sequences of one caller, which one thread at a time uses. */
public final class Session implements AutoCloseable {
    private final Scheduler scheduler;
    /** Signalled where its line or its sequences have moved on. */
    final Condition changed;

    private final List<Sequence> sequences = new ArrayList<>();
    private @Nullable Ticket standing;

    /** Sequences with a place. */
    int placed;
    /** That which used the session last. */
    private volatile Thread thread = Thread.currentThread();

    /** Sequences that {@link #run} waits for. */
    int unfinished;
    /** Sequences in the step that is being computed. */
    int inStep;

    @Nullable
    Throwable failure;

    Session(Scheduler scheduler, Condition changed) {
        this.scheduler = scheduler;
        this.changed = changed;
    }

    /** A place in the line. */
    static final class Ticket {
        final Session session;
        final int count;
        boolean granted;

        Ticket(Session session, int count) {
            this.session = session;
            this.count = count;
        }
    }

    /**
     * Waits in line for places.
     *
     * @return the sequences; none if the time is over
     * @throws io.nanogpt.generate.QueueFullException if the line has no place either
     */
    public List<Sequence> take(int count, long nanoseconds) throws InterruptedException {
        thread = Thread.currentThread();
        Ticket ticket =
                standing != null && count == 1 ? standing : scheduler.line().enter(this, count);
        standing = null;
        rest();
        if (!scheduler.line().await(ticket, nanoseconds)) {
            return List.of();
        }
        return open(ticket);
    }

    /** Stands in line for one more place, unless the line is full, and returns the sequence if it is there. */
    public Optional<Sequence> poll() {
        if (standing == null) {
            standing = scheduler.line().enterIfRoom(this);
        }
        Ticket ticket = standing;
        if (ticket == null || !scheduler.line().isGranted(ticket)) {
            return Optional.empty();
        }
        standing = null;
        return Optional.of(open(ticket).get(0));
    }

    private List<Sequence> open(Ticket ticket) {
        List<Sequence> opened = scheduler.open(ticket);
        sequences.addAll(opened);
        return opened;
    }

    /** Returns the places that this session has or could have, since no other has them. */
    public int available() {
        return scheduler.line().available(this);
    }

    /** Whether the current thread has places in another session. */
    boolean isNested() {
        Thread current = Thread.currentThread();
        return scheduler.anySession(other -> other != this && other.placed > 0 && other.thread == current);
    }

    /** Feeds prepared sequences, together with those of other sessions. */
    public void run(List<Sequence> fed) throws InterruptedException {
        thread = Thread.currentThread();
        scheduler.run(this, fed);
    }

    /** Gives a place back and keeps the state of the sequence, to continue from. */
    public void park(Sequence sequence) {
        scheduler.release(sequence, true);
    }

    boolean drops() {
        return scheduler.drops();
    }

    int recall(Sequence sequence, int[] ids, int count) {
        return scheduler.recall(sequence, ids, count);
    }

    /** Ends a sequence whose state is that after some ids, for later ones that begin with them. */
    public void end(Sequence sequence, int[] ids, int count) {
        sequences.remove(sequence);
        scheduler.keep(sequence, ids, count);
    }

    /** Ends a sequence. */
    public void end(Sequence sequence) {
        sequences.remove(sequence);
        scheduler.release(sequence, false);
    }

    /** Says that nothing will be fed for a while. */
    public void rest() {
        scheduler.rest(this);
    }

    /** Ends all sequences and leaves the line. */
    @Override
    public void close() {
        Ticket ticket = standing;
        standing = null;
        if (ticket != null) {
            scheduler.line().leave(ticket);
        }
        sequences.forEach(sequence -> scheduler.release(sequence, false));
        sequences.clear();
        scheduler.close(this);
    }
}
