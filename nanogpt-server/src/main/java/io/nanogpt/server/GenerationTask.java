package io.nanogpt.server;

import io.nanogpt.generate.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** The texts of a request, which the model generates, and what happened to them, in its order. */
final class GenerationTask {
    private final GenerationRequest request;
    private final Runnable wake;
    private final Queue<Event> events = new ConcurrentLinkedQueue<>();
    private final List<CompletableFuture<String>> texts = new ArrayList<>();
    private boolean cancelled;

    /** Something that happened to a text. */
    sealed interface Event {
        /** The index of the text. */
        int choice();

        /** A token was drawn. */
        record Drawn(int choice, Token token) implements Event {}

        /** The text ended, by an exception if there is one. */
        record Ended(int choice, @Nullable Throwable thrown) implements Event {}
    }

    /**
     * Creates a task.
     *
     * @param wake is run by a thread of the model after each event, and must not take time
     */
    GenerationTask(GenerationRequest request, Runnable wake) {
        this.request = request;
        this.wake = wake;
    }

    /**
     * Begins all texts.
     *
     * @throws io.nanogpt.generate.QueueFullException if the model takes no more; none is generated then
     */
    synchronized void start() {
        try {
            for (int choice = 0; choice < request.choices() && !cancelled; choice++) {
                start(choice);
            }
        } catch (RuntimeException | Error e) {
            cancel();
            throw e;
        }
    }

    // What ends the text is the event.
    @SuppressWarnings("FutureReturnValueIgnored")
    private void start(int choice) {
        CompletableFuture<String> text = request.begin(choice, token -> add(new Event.Drawn(choice, token)));
        texts.add(text);
        text.whenComplete((whole, thrown) ->
                add(new Event.Ended(choice, thrown instanceof CompletionException ? thrown.getCause() : thrown)));
    }

    private void add(Event event) {
        events.add(event);
        wake.run();
    }

    /** The next event, if there is one. */
    @Nullable
    Event poll() {
        return events.poll();
    }

    /** Ends all texts: their places of the model are free before their next token. */
    synchronized void cancel() {
        cancelled = true;
        texts.forEach(text -> text.cancel(false));
    }
}
