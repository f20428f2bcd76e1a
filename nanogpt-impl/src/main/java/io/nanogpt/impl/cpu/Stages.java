package io.nanogpt.impl.cpu;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Stages of tasks that a team computes in one call. Threads take tasks in the order of the stages, and a task waits only
 * for the stages that its own needs. So a thread that the operating system stopped for a while does not stop the others
 * at once, as a barrier after every stage would.
 */
final class Stages {
    private static final int SPINS = 20_000;
    /** How long a thread sleeps that has waited long, since the thread that it waits for may need its processor. */
    private static final long SLEEP_NANOSECONDS = 50_000;

    private final Stage[] stages;
    private final int[][] needed;
    /** The tasks of each stage that are done. */
    private final AtomicInteger[] done;
    /** The stage of each task. */
    private final int[] stageOf;
    /** The number of the first task of each stage. */
    private final int[] firstTasks;

    private final ThreadTeam.Job job = this::runTask;

    /**
     * A stage.
     *
     * @param tasks the number of tasks
     * @param job runs them; they are independent of each other
     * @param needs the indices of earlier stages that must be done before
     */
    record Stage(int tasks, ThreadTeam.Job job, List<Integer> needs) {}

    Stages(List<Stage> list) {
        stages = list.toArray(Stage[]::new);
        needed = new int[stages.length][];
        done = new AtomicInteger[stages.length];
        firstTasks = new int[stages.length];
        stageOf = new int[list.stream().mapToInt(Stage::tasks).sum()];
        int task = 0;
        for (int i = 0; i < stages.length; i++) {
            needed[i] = stages[i].needs().stream().mapToInt(Integer::intValue).toArray();
            done[i] = new AtomicInteger();
            firstTasks[i] = task;
            for (int end = task + stages[i].tasks(); task < end; task++) {
                stageOf[task] = i;
            }
        }
    }

    /** Runs all tasks of all stages. */
    void run(ThreadTeam team) {
        for (AtomicInteger count : done) {
            count.set(0);
        }
        if (stageOf.length > 0) {
            team.run(stageOf.length, job);
        }
    }

    private void runTask(int task, int worker) {
        int stage = stageOf[task];
        for (int earlier : needed[stage]) {
            await(earlier);
        }
        try {
            stages[stage].job().run(task - firstTasks[stage], worker);
        } finally {
            done[stage].incrementAndGet(); // After a failure, too, which the team reports when all threads have ended.
        }
    }

    /** The tasks of an earlier stage are all taken, by threads that wait for still earlier ones at most. */
    private void await(int stage) {
        for (int spins = 0; done[stage].get() < stages[stage].tasks(); spins++) {
            if (spins < SPINS) {
                Thread.onSpinWait();
            } else {
                LockSupport.parkNanos(this, SLEEP_NANOSECONDS); // Spins on after an interrupt, which stays set.
            }
        }
    }
}
