package io.nanogpt.impl.cpu;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The tasks of a call of a {@link ThreadTeam} that no thread has taken. Either threads take them in their order, or each
 * thread takes first the one with its own number.
 */
final class UntakenTasks {
    /** There is none, or the call is over. */
    static final int NONE = -1;
    /** The most tasks with numbers of threads. */
    static final int MOST_NUMBERED = Integer.SIZE - 1;

    /**
     * In the high half the number of the call. In the low half the number of tasks that are left, or, behind the sign, a bit
     * for each of those that are numbered.
     */
    private final AtomicLong state = new AtomicLong();
    /** The tasks of the call; read only by a thread that has taken one. */
    private int tasks;

    /** Begins a call whose tasks are taken in order. */
    void begin(int call, int count) {
        tasks = count;
        state.set(state(call, count));
    }

    /** Begins a call of {@link #MOST_NUMBERED} tasks at most, each of which has the number of a thread. */
    void beginNumbered(int call, int count) {
        tasks = count;
        state.set(state(call, Integer.MIN_VALUE | (int) ((1L << count) - 1)));
    }

    private static long state(int call, int untaken) {
        return ((long) call << Integer.SIZE) | (untaken & 0xFFFF_FFFFL);
    }

    /** The number of the call that runs or ran last. */
    int call() {
        return (int) (state.get() >>> Integer.SIZE);
    }

    /** Takes a task of a call, which cannot end before it, for a thread; {@link #NONE} if none is left. */
    int take(int call, int thread) {
        for (long seen = state.get(); (int) (seen >>> Integer.SIZE) == call; seen = state.get()) {
            int left = (int) seen & Integer.MAX_VALUE;
            if (left == 0) {
                return NONE;
            }
            boolean numbered = (int) seen < 0;
            int task = (left >>> thread & 1) == 1 ? thread : Integer.numberOfTrailingZeros(left);
            if (state.compareAndSet(seen, numbered ? seen & ~(1L << task) : seen - 1)) {
                return numbered ? task : tasks - left;
            }
        }
        return NONE;
    }
}
