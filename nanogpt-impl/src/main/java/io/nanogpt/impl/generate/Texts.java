package io.nanogpt.impl.generate;

import io.nanogpt.impl.schedule.Scheduler;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * The texts of requests in their order, which are computed while they are asked for. Requests are read a few ahead, so
 * that memory does not grow with their number.
 */
public final class Texts implements Iterator<String>, AutoCloseable {
    private final Iterator<Request> requests;
    private final GenerationRun run;
    private final int ahead;
    /** Requests that were begun and whose texts were not asked for. */
    private final Deque<Request> begun = new ArrayDeque<>();

    Texts(TextGenerator generator, Scheduler scheduler, Iterator<Request> requests, boolean shared) {
        this.requests = requests;
        run = new GenerationRun(generator, scheduler, new Ahead(), shared, request -> {});
        ahead = 2 * scheduler.places();
    }

    @Override
    public boolean hasNext() {
        return !begun.isEmpty() || requests.hasNext();
    }

    @Override
    public String next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        while (begun.isEmpty() || !begun.peek().result().isDone()) {
            run.step();
        }
        return begun.remove().text();
    }

    @Override
    public void close() {
        run.close();
    }

    /** The requests, as long as not too many texts wait for an earlier one. */
    private final class Ahead implements Iterator<Request> {
        @Override
        public boolean hasNext() {
            return begun.size() < ahead && requests.hasNext();
        }

        @Override
        public Request next() {
            Request request = requests.next();
            begun.add(request);
            return request;
        }
    }
}
