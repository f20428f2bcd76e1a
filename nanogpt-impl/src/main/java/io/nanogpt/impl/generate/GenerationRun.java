package io.nanogpt.impl.generate;

import io.nanogpt.generate.GenerationInterruptedException;
import io.nanogpt.impl.schedule.Scheduler;
import io.nanogpt.impl.schedule.Sequence;
import io.nanogpt.impl.schedule.Session;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The requests of a caller: as many at once as there are places, the next one where a text is complete. One thread at a
 * time uses it.
 */
final class GenerationRun implements AutoCloseable {
    private final TextGenerator generator;
    private final Session session;
    private final Iterator<Request> source;
    /** Whether all requests have the prompt of the first. */
    private final boolean shared;
    /** Told of each request that is no longer worked on. */
    private final Consumer<Request> left;

    private final int places;
    private final boolean copies;
    private final List<Generation> live = new ArrayList<>();
    private final List<Sequence> fed = new ArrayList<>();
    private @Nullable Request next;
    /** The prompt that the requests share, once it is fed. */
    private @Nullable ContextWindow prompt;

    GenerationRun(
            TextGenerator generator,
            Scheduler scheduler,
            Iterator<Request> source,
            boolean shared,
            Consumer<Request> left) {
        this.generator = generator;
        this.source = source;
        this.shared = shared;
        this.left = left;
        session = scheduler.session();
        copies = scheduler.copies();
        // Where a backend decodes each sequence by itself, several at once would only take more memory.
        places = copies ? scheduler.places() : 1;
    }

    /** The requests that can be worked on at once. */
    int available() {
        return session.available();
    }

    /** Whether no request is worked on, and none that was taken waits for a place. */
    boolean isIdle() {
        return live.isEmpty() && next == null;
    }

    /**
     * Begins requests for which there are places, and adds a token to each.
     *
     * @throws GenerationInterruptedException if the thread is interrupted
     */
    void step() {
        try {
            admit();
            fed.clear();
            live.forEach(generation -> fed.add(generation.window().sequence()));
            if (fed.isEmpty()) {
                session.rest();
                return;
            }
            feed();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GenerationInterruptedException(
                    live.isEmpty() ? 0 : live.get(0).tokens());
        }
        for (Generation generation : List.copyOf(live)) {
            advance(generation);
        }
    }

    private void feed() throws InterruptedException {
        try {
            session.run(fed);
        } catch (RuntimeException | Error e) {
            for (Generation generation : List.copyOf(live)) {
                fail(generation, e);
            }
        }
    }

    private void admit() throws InterruptedException {
        while (live.size() < places && (next != null || source.hasNext())) {
            Request request = next != null ? next : source.next();
            next = request;
            Deadline deadline = new Deadline(request.options().output().timeout());
            if (request.result().isDone()) {
                leave(request);
            } else if (live.isEmpty()) {
                admit(request, deadline);
            } else {
                Optional<Sequence> sequence = session.poll();
                if (sequence.isEmpty()) {
                    return;
                }
                next = null;
                begin(request, sequence.get(), deadline);
            }
        }
    }

    private void leave(Request request) {
        next = null;
        left.accept(request);
    }

    /** Begins the first request, which waits for its turn. */
    private void admit(Request request, Deadline deadline) throws InterruptedException {
        List<Sequence> taken;
        try {
            // What cannot be encoded is refused at once.
            generator.encode(request.prompt());
            taken = session.take(1, deadline.remaining());
        } catch (RuntimeException | Error e) {
            request.result().completeExceptionally(e);
            leave(request);
            return;
        }
        if (taken.isEmpty()) {
            request.result().complete("");
            leave(request);
            return;
        }
        next = null;
        begin(request, taken.get(0), deadline);
    }

    private void begin(Request request, Sequence sequence, Deadline deadline) throws InterruptedException {
        try {
            ContextWindow window =
                    new ContextWindow(sequence, request.options().output().window());
            int[] ids = generator.encode(request.prompt());
            if (shared && copies && prompt == null && source.hasNext()) {
                ContextWindow first = window;
                first.start(ids);
                session.run(List.of(sequence));
                session.park(sequence);
                prompt = first;
                next = request;
                return;
            }
            Generation generation = generator.generation(request, ids, window, deadline);
            live.add(generation);
            if (prompt != null) {
                window.continueFrom(prompt, true);
                advance(generation);
            } else {
                window.start(ids);
            }
        } catch (RuntimeException | Error e) {
            request.result().completeExceptionally(e);
            session.end(sequence);
            left.accept(request);
        }
    }

    private void advance(Generation generation) {
        Request request = generation.request();
        try {
            if (request.result().isDone()) {
                end(generation);
            } else if (!generation.next()) {
                String text = generation.finish();
                end(generation);
                request.result().complete(text);
            }
        } catch (RuntimeException | Error e) {
            fail(generation, e);
        }
    }

    private void fail(Generation generation, Throwable thrown) {
        generation.window().sequence().fail();
        end(generation);
        generation.request().result().completeExceptionally(thrown);
    }

    private void end(Generation generation) {
        live.remove(generation);
        generation.window().end(session);
        left.accept(generation.request());
    }

    @Override
    public void close() {
        session.close();
    }
}
