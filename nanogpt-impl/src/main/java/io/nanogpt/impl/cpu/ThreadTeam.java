package io.nanogpt.impl.cpu;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A fixed team of threads that runs numbered tasks; the calling thread is one of the team. The assignment of tasks to
 * threads is not deterministic: tasks must write to disjoint memory, and then results do not depend on the size of the
 * team. A call ends with its last task, also while the operating system keeps a thread of the team from running. Waiting
 * threads spin briefly, since the next stage of a step follows within microseconds, and then park, to
 * leave the processor to others. Threads start with the first call that needs them and end after a second without one,
 * so that a model that is neither used nor closed has none.
 */
final class ThreadTeam implements AutoCloseable {
    private static final int SPINS = 20_000;
    /** How long a thread waits for the next call. */
    private static final long IDLE_NANOSECONDS = 1_000_000_000;

    /** Work in numbered tasks. */
    interface Job {
        /** Runs task number {@code task} on thread number {@code worker} of the team; the caller is number 0. */
        void run(int task, int worker);
    }

    /** Written under the lock. */
    private final @Nullable Thread[] workers;

    private final ReentrantLock oneCaller = new ReentrantLock();
    private final UntakenTasks untaken = new UntakenTasks();
    private final AtomicInteger undone = new AtomicInteger();
    private volatile boolean closed;
    private volatile @Nullable Throwable failure;
    private volatile @Nullable Thread caller;
    /** The job of the call; read only by a thread that has taken one of its tasks. */
    private Job job = (task, worker) -> {};

    private int calls;

    ThreadTeam(int threads) {
        workers = new Thread[threads - 1];
    }

    int size() {
        return workers.length + 1;
    }

    /** Runs every task and returns when all are done. Concurrent calls run one after another. */
    void run(int count, Job work) {
        oneCaller.lock();
        try {
            if (closed) {
                throw new IllegalStateException("the backend is closed");
            }
            runTasks(count, false, work);
        } finally {
            oneCaller.unlock();
        }
    }

    /** As {@link #run}, but returns false without running anything if the team is busy with another call or closed. */
    boolean tryRun(int count, Job work) {
        return tryRun(count, false, work);
    }

    /**
     * As {@link #tryRun} with a task for each of the first {@code count} threads, so that what a task reads again in the
     * next call is in the caches of its thread. A thread that is late leaves its task to the others.
     *
     * @param count no more than {@link UntakenTasks#MOST_NUMBERED}
     */
    boolean tryRunNumbered(int count, Job work) {
        return tryRun(count, true, work);
    }

    private boolean tryRun(int count, boolean numbered, Job work) {
        if (!oneCaller.tryLock()) {
            return false;
        }
        try {
            if (closed) {
                return false;
            }
            runTasks(count, numbered, work);
            return true;
        } finally {
            oneCaller.unlock();
        }
    }

    private void runTasks(int count, boolean numbered, Job work) {
        if (workers.length == 0 || count == 1) {
            for (int task = 0; task < count; task++) {
                work.run(task, 0);
            }
            return;
        }
        int needed = Math.min(workers.length, count - 1);
        for (int i = 0; i < needed; i++) {
            if (workers[i] == null) {
                workers[i] = start(i, calls);
            }
        }
        job = work;
        failure = null;
        caller = Thread.currentThread();
        undone.set(count);
        int call = ++calls;
        if (numbered) {
            untaken.beginNumbered(call, count);
        } else {
            untaken.begin(call, count);
        }
        for (int i = 0; i < needed; i++) {
            LockSupport.unpark(workers[i]);
        }
        take(call, 0);
        boolean interrupted = false;
        for (int spins = 0; undone.get() > 0; spins++) {
            if (spins < SPINS) {
                Thread.onSpinWait();
            } else {
                LockSupport.park(this);
                interrupted |= Thread.interrupted();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        Throwable thrown = failure;
        if (thrown != null) {
            throw new IllegalStateException("a worker of the CPU backend failed: " + thrown, thrown);
        }
    }

    private Thread start(int index, int seen) {
        Thread thread = new Thread(null, () -> serve(index, seen), "nanogpt-cpu-" + (index + 1), 0, false);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** Works in the calls after {@code seen} until it has had no task for a while. */
    private void serve(int index, int seen) {
        int call = seen;
        long since = System.nanoTime();
        int spins = 0;
        while (true) {
            for (; untaken.call() == call && !closed; spins++) {
                if (spins < SPINS) {
                    Thread.onSpinWait();
                } else {
                    LockSupport.parkNanos(this, IDLE_NANOSECONDS);
                    if (System.nanoTime() - since >= IDLE_NANOSECONDS && leave(index, call)) {
                        return;
                    }
                }
            }
            if (closed) {
                return;
            }
            call = untaken.call();
            // Calls that leave it nothing do not keep it awake.
            if (take(call, index + 1)) {
                since = System.nanoTime();
                spins = 0;
            }
        }
    }

    /** Gives up the place of a thread, unless a call has begun. */
    private boolean leave(int index, int seen) {
        if (!oneCaller.tryLock()) {
            return false;
        }
        try {
            if (untaken.call() != seen) {
                return false;
            }
            workers[index] = null;
            return true;
        } finally {
            oneCaller.unlock();
        }
    }

    /** Runs tasks of a call until none is left to take; returns whether there was any. */
    private boolean take(int call, int worker) {
        int task = untaken.take(call, worker);
        boolean any = task != UntakenTasks.NONE;
        while (task != UntakenTasks.NONE) {
            runTask(task, worker);
            task = untaken.take(call, worker);
        }
        return any;
    }

    private void runTask(int task, int worker) {
        try {
            job.run(task, worker);
        } catch (Throwable thrown) {
            failure = thrown;
        }
        if (undone.decrementAndGet() == 0) {
            LockSupport.unpark(caller);
        }
    }

    /** Waits for a running call to finish: its caller waits for all threads of the team. */
    @Override
    public void close() {
        oneCaller.lock();
        try {
            closed = true;
            for (Thread worker : workers) {
                LockSupport.unpark(worker);
            }
        } finally {
            oneCaller.unlock();
        }
    }
}
