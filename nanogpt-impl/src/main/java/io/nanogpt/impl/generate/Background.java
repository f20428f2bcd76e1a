package io.nanogpt.impl.generate;

import io.nanogpt.generate.QueueFullException;
import io.nanogpt.impl.schedule.Scheduler;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Requests that no caller waits for: a thread works on all of them, and ends a second after the last. */
final class Background {
    private static final long IDLE_MILLISECONDS = 1_000;

    private final TextGenerator generator;
    private final Scheduler scheduler;
    private final Deque<Request> waiting = new ArrayDeque<>();
    /** The requests that wait or are worked on, and what follows each. */
    private final Map<Request, Runnable> afterwards = new HashMap<>();
    /** Of the thread, as long as it works. */
    private @Nullable GenerationRun run;

    Background(TextGenerator generator, Scheduler scheduler) {
        this.generator = generator;
        this.scheduler = scheduler;
    }

    /**
     * Adds a request, and runs an action once it is no longer worked on.
     *
     * @throws QueueFullException if as many wait as may
     */
    void submit(Request request, Runnable after) {
        synchronized (this) {
            GenerationRun current = run;
            if (current == null) {
                current = new GenerationRun(generator, scheduler, new Waiting(), false, this::leave);
            }
            if (unfinished() >= (long) current.available() + scheduler.waiting()) {
                if (run == null) {
                    current.close();
                }
                throw new QueueFullException(scheduler.places(), scheduler.waiting());
            }
            waiting.add(request);
            afterwards.put(request, after);
            if (run == null) {
                run = current;
                GenerationRun started = current;
                Thread thread = new Thread(null, () -> work(started), "nanogpt-generate", 0, false);
                thread.setDaemon(true);
                thread.start();
            }
            notifyAll();
        }
    }

    /** Those that were cancelled are as good as gone. */
    private long unfinished() {
        return afterwards.keySet().stream()
                .filter(request -> !request.result().isDone())
                .count();
    }

    private void work(GenerationRun current) {
        try (current) {
            while (!current.isIdle() || awaitRequest()) {
                current.step();
            }
        }
    }

    /** Waits for a request; false, as there is none, if the thread should end. */
    private synchronized boolean awaitRequest() {
        long begin = System.nanoTime();
        long left = IDLE_MILLISECONDS;
        while (waiting.isEmpty() && left > 0) {
            try {
                wait(left);
            } catch (InterruptedException e) {
                // Nobody knows this thread: there is nothing to end early.
                Thread.interrupted();
            }
            left = IDLE_MILLISECONDS - (System.nanoTime() - begin) / 1_000_000;
        }
        if (waiting.isEmpty()) {
            run = null;
            return false;
        }
        return true;
    }

    private void leave(Request request) {
        Runnable after;
        synchronized (this) {
            after = afterwards.remove(request);
        }
        if (after != null) {
            after.run();
        }
    }

    /** The requests that wait, first come, first served. */
    private final class Waiting implements Iterator<Request> {
        @Override
        public boolean hasNext() {
            synchronized (Background.this) {
                return !waiting.isEmpty();
            }
        }

        @Override
        public Request next() {
            synchronized (Background.this) {
                return waiting.remove();
            }
        }
    }
}
