package io.nanogpt.impl.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class ThreadTeamTest {
    private static final int TASKS = 64;

    private static long running() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("nanogpt-cpu-"))
                .count();
    }

    /** Returns when all threads of all teams have ended; the test fails by its time limit if they do not. */
    private static void awaitNone() throws InterruptedException {
        while (running() > 0) {
            Thread.sleep(50);
        }
    }

    /** Runs each of some tasks once. */
    private static void use(ThreadTeam team) {
        AtomicIntegerArray runs = new AtomicIntegerArray(TASKS);
        team.run(TASKS, (task, worker) -> {
            assertThat(worker).isBetween(0, team.size() - 1);
            runs.incrementAndGet(task);
        });
        for (int task = 0; task < TASKS; task++) {
            assertThat(runs.get(task)).isOne();
        }
    }

    @Test
    void teamsThatAreNotUsedHaveNoThreads() throws InterruptedException {
        awaitNone();
        List<ThreadTeam> teams = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            teams.add(new ThreadTeam(4));
        }
        assertThat(running()).isZero();
        use(teams.get(0));
        use(teams.get(1));
        assertThat(running()).isBetween(1L, 6L);
        awaitNone();
        // Nobody closed them; they work again, with new threads.
        use(teams.get(0));
        use(teams.get(2));
        awaitNone();
        assertThat(teams).allMatch(team -> team.size() == 4);
    }

    /** Calls at the moments at which threads end. */
    @Test
    void aCallAtTheEndOfItsThreadsIsWhole() throws InterruptedException {
        ThreadTeam team = new ThreadTeam(3);
        for (int round = 0; round < 6; round++) {
            use(team);
            Thread.sleep(996 + 2 * round);
        }
        team.close();
        assertThatThrownBy(() -> use(team))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the backend is closed");
        assertThat(team.tryRun(1, (task, worker) -> {})).isFalse();
        awaitNone();
    }

    /** More threads than processors, so that some are late for many calls: they must take no task of a later one twice. */
    @Test
    void everyTaskOfManyShortCallsRunsOnce() {
        try (ThreadTeam team = new ThreadTeam(8)) {
            AtomicIntegerArray runs = new AtomicIntegerArray(5);
            for (int call = 1; call <= 20_000; call++) {
                int count = 1 + call % 5;
                team.run(count, (task, worker) -> runs.incrementAndGet(task));
                requireOnce(runs, count);
            }
        }
    }

    /** Each of the first {@code count} tasks ran once, and no other. */
    private static void requireOnce(AtomicIntegerArray runs, int count) {
        for (int task = 0; task < runs.length(); task++) {
            assertThat(runs.getAndSet(task, 0)).isEqualTo(task < count ? 1 : 0);
        }
    }

    /** Late threads leave their tasks to the others; calls of both kinds follow each other. */
    @Test
    void everyNumberedTaskOfManyShortCallsRunsOnce() {
        try (ThreadTeam team = new ThreadTeam(8)) {
            AtomicIntegerArray runs = new AtomicIntegerArray(8);
            for (int call = 1; call <= 20_000; call++) {
                int count = 1 + call % 8;
                ThreadTeam.Job job = (task, worker) -> runs.incrementAndGet(task);
                if (call % 3 == 0) {
                    team.run(count, job);
                } else {
                    assertThat(team.tryRunNumbered(count, job)).isTrue();
                }
                requireOnce(runs, count);
            }
        }
    }

    @Test
    void aThreadTakesTheTaskOfItsNumberFirst() {
        UntakenTasks tasks = new UntakenTasks();
        tasks.beginNumbered(7, 3);
        assertThat(tasks.call()).isEqualTo(7);
        assertThat(tasks.take(7, 1)).isEqualTo(1);
        assertThat(tasks.take(6, 0)).isEqualTo(UntakenTasks.NONE);
        assertThat(tasks.take(7, 1)).isEqualTo(0);
        assertThat(tasks.take(7, 5)).isEqualTo(2);
        assertThat(tasks.take(7, 2)).isEqualTo(UntakenTasks.NONE);
        tasks.beginNumbered(-1, UntakenTasks.MOST_NUMBERED);
        assertThat(tasks.take(-1, 30)).isEqualTo(30);
        assertThat(tasks.take(-1, 31)).isEqualTo(0);
        tasks.begin(8, 2);
        assertThat(tasks.take(8, 1)).isEqualTo(0);
        assertThat(tasks.take(8, 1)).isEqualTo(1);
        assertThat(tasks.take(8, 1)).isEqualTo(UntakenTasks.NONE);
    }

    @Test
    void manyCallersOfManyTeamsAllReturn() throws Exception {
        List<ThreadTeam> teams = List.of(new ThreadTeam(2), new ThreadTeam(3), new ThreadTeam(4));
        ExecutorService callers = Executors.newFixedThreadPool(16);
        try {
            List<Callable<Boolean>> calls = new ArrayList<>();
            for (int i = 0; i < 600; i++) {
                ThreadTeam team = teams.get(i % teams.size());
                calls.add(() -> {
                    use(team);
                    return true;
                });
            }
            for (Future<Boolean> call : callers.invokeAll(calls)) {
                assertThat(call.get()).isTrue();
            }
        } finally {
            callers.shutdownNow();
        }
        teams.forEach(ThreadTeam::close);
        awaitNone();
    }
}
