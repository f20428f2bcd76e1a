package io.nanogpt.impl.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class StagesTest {
    /** Stages that each need some earlier ones, and check that those are done whenever one of their tasks runs. */
    private static final class Checked {
        final List<AtomicInteger> done = new ArrayList<>();
        final AtomicInteger violations = new AtomicInteger();
        final List<Stages.Stage> stages = new ArrayList<>();

        Checked(Random random, int count) {
            for (int i = 0; i < count; i++) {
                AtomicInteger mine = new AtomicInteger();
                List<Integer> needs =
                        random.ints(Math.min(i, 2), 0, Math.max(1, i)).boxed().toList();
                stages.add(new Stages.Stage(
                        random.nextInt(5),
                        (task, worker) -> {
                            boolean ready = needs.stream()
                                    .allMatch(need -> done.get(need).get()
                                            == stages.get(need).tasks());
                            violations.addAndGet(ready ? 0 : 1);
                            mine.incrementAndGet();
                        },
                        needs));
                done.add(mine);
            }
        }
    }

    @Test
    void aTaskRunsOnceAndAfterTheStagesThatItsOwnNeeds() {
        Random random = new Random(1);
        for (int threads = 1; threads <= 4; threads++) {
            try (ThreadTeam team = new ThreadTeam(threads)) {
                for (int round = 0; round < 200; round++) {
                    Checked checked = new Checked(random, random.nextInt(12));
                    Stages stages = new Stages(checked.stages);
                    for (int run = 0; run < 2; run++) {
                        checked.done.forEach(count -> count.set(0));
                        stages.run(team);
                        for (int i = 0; i < checked.done.size(); i++) {
                            assertThat(checked.done.get(i).get())
                                    .isEqualTo(checked.stages.get(i).tasks());
                        }
                    }
                    assertThat(checked.violations.get()).isZero();
                }
            }
        }
    }

    @Test
    void theNextStageMayBeginBeforeOneThatItDoesNotNeed() {
        AtomicInteger later = new AtomicInteger();
        try (ThreadTeam team = new ThreadTeam(2)) {
            new Stages(List.of(
                            new Stages.Stage(
                                    1,
                                    (task, worker) -> {
                                        while (later.get() == 0) {
                                            Thread.onSpinWait();
                                        }
                                    },
                                    List.of()),
                            new Stages.Stage(1, (task, worker) -> later.incrementAndGet(), List.of())))
                    .run(team);
        }
        assertThat(later.get()).isOne();
    }

    @Test
    void aFailureEndsTheRun() {
        try (ThreadTeam team = new ThreadTeam(3)) {
            Stages stages = new Stages(List.of(
                    new Stages.Stage(
                            2,
                            (task, worker) -> {
                                throw new IllegalArgumentException("out of luck");
                            },
                            List.of()),
                    new Stages.Stage(4, (task, worker) -> {}, List.of(0))));
            assertThatThrownBy(() -> stages.run(team)).hasMessageContaining("out of luck");
        }
    }

    @Test
    void anInterruptKeepsNoThreadFromWaiting() {
        Thread.currentThread().interrupt();
        AtomicInteger sum = new AtomicInteger();
        try (ThreadTeam team = new ThreadTeam(2)) {
            Stages.Stage slow = new Stages.Stage(2, (task, worker) -> spin(task * 20_000_000L), List.of());
            new Stages(List.of(slow, new Stages.Stage(2, (task, worker) -> sum.incrementAndGet(), List.of(0))))
                    .run(team);
        }
        assertThat(Thread.interrupted()).isTrue();
        assertThat(sum.get()).isEqualTo(2);
    }

    private static void spin(long nanoseconds) {
        for (long end = System.nanoTime() + nanoseconds; System.nanoTime() < end; ) {
            Thread.onSpinWait();
        }
    }
}
