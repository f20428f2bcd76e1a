package io.nanogpt.impl.cpu;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
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
    /** The number of the call in the high half, and the number of its tasks that no thread has taken in the low half. */
    private final AtomicLong untaken = new AtomicLong();

    private final AtomicInteger undone = new AtomicInteger();
    private volatile boolean closed;
    private volatile @Nullable Throwable failure;
    private volatile @Nullable Thread caller;
    /** The job of the call; read only by a thread that has taken one of its tasks. */
    private Job job = (task, worker) -> {};

    private int tasks;
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
            runTasks(count, work);
        } finally {
            oneCaller.unlock();
        }
    }

    /** As {@link #run}, but returns false without running anything if the team is busy with another call or closed. */
    boolean tryRun(int count, Job work) {
        if (!oneCaller.tryLock()) {
            return false;
        }
        try {
            if (closed) {
                return false;
            }
            runTasks(count, work);
            return true;
        } finally {
            oneCaller.unlock();
        }
    }

    private void runTasks(int count, Job work) {
        if (workers.length == 0 || count == 1) {
            for (int task = 0; task < count; task++) {
                work.run(task, 0);
            }
            return;
        }
        for (int i = 0; i < workers.length; i++) {
            if (workers[i] == null) {
                workers[i] = start(i, calls);
            }
        }
        tasks = count;
        job = work;
        failure = null;
        caller = Thread.currentThread();
        undone.set(count);
        int call = ++calls;
        untaken.set((long) call << Integer.SIZE | count);
        for (Thread worker : workers) {
            LockSupport.unpark(worker);
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

    /** Works in the calls after {@code seen} until there is none for a while. */
    private void serve(int index, int seen) {
        int call = seen;
        while (awaitCall(index, call)) {
            call = call();
            take(call, index + 1);
        }
    }

    /** The number of the call that runs or ran last. */
    private int call() {
        return (int) (untaken.get() >>> Integer.SIZE);
    }

    /** Returns false if the thread should end. */
    private boolean awaitCall(int index, int seen) {
        long since = System.nanoTime();
        for (int spins = 0; call() == seen && !closed; spins++) {
            if (spins < SPINS) {
                Thread.onSpinWait();
            } else {
                LockSupport.parkNanos(this, IDLE_NANOSECONDS);
                if (System.nanoTime() - since >= IDLE_NANOSECONDS && leave(index, seen)) {
                    return false;
                }
            }
        }
        return !closed;
    }

    /** Gives up the place of a thread, unless a call has begun. */
    private boolean leave(int index, int seen) {
        if (!oneCaller.tryLock()) {
            return false;
        }
        try {
            if (call() != seen) {
                return false;
            }
            workers[index] = null;
            return true;
        } finally {
            oneCaller.unlock();
        }
    }

    /** Runs tasks of a call until none is left to take. */
    private void take(int call, int worker) {
        long state = untaken.get();
        while ((int) (state >>> Integer.SIZE) == call && (int) state > 0) {
            if (untaken.compareAndSet(state, state - 1)) {
                // The call cannot end before this task, so that its job and its number of tasks stay.
                runTask(tasks - (int) state, worker);
            }
            state = untaken.get();
        }
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
