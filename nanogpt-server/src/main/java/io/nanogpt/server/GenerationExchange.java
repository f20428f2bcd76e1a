package io.nanogpt.server;

import io.nanogpt.NanogptException;
import io.nanogpt.generate.Token;
import io.nanogpt.server.GenerationTask.Event;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Answers a request for texts, whole or as a stream. Tokens wait here while the client does not read: the model goes on.
 * All but {@link #start} happens in the event loop of the connection.
 */
final class GenerationExchange {
    private static final byte[] DONE = "[DONE]".getBytes(StandardCharsets.UTF_8);
    private static final String LENGTH = "length";

    private final Exchange exchange;
    private final GenerationRequest request;
    private final ServerState server;
    private final AnswerForm form;
    private final GenerationTask task;
    private final List<Choice> choices;
    private final AtomicBoolean woken = new AtomicBoolean();
    private @Nullable Future<?> timeout;
    private boolean begun;
    private boolean expired;
    private boolean done;

    GenerationExchange(Exchange exchange, GenerationRequest request, ServerState server) {
        this.exchange = exchange;
        this.request = request;
        this.server = server;
        form = new AnswerForm(
                request, UUID.randomUUID().toString().replace("-", ""), System.currentTimeMillis() / 1000);
        task = new GenerationTask(request, this::wake);
        choices = IntStream.range(0, request.choices())
                .mapToObj(index -> new Choice(index, !isStream()))
                .toList();
    }

    private boolean isStream() {
        return request.form().stream();
    }

    /**
     * Begins the texts, on a thread that may wait.
     *
     * @throws io.nanogpt.generate.QueueFullException if the model takes no more
     */
    void start() {
        exchange.execute(() -> {
            timeout = exchange.schedule(this::expire, server.settings().limits().timeout());
            exchange.listen(this::drain, this::stop);
        });
        try {
            task.start();
        } catch (NanogptException | IllegalArgumentException e) {
            exchange.execute(this::stop);
            throw named(e);
        } catch (RuntimeException | Error e) {
            exchange.execute(this::stop);
            throw e;
        }
    }

    /** What a text failed by, with the member of the request where it is the schema, which meets the vocabulary only now. */
    private RuntimeException named(RuntimeException thrown) {
        String message = String.valueOf(thrown.getMessage());
        boolean refusal = thrown instanceof NanogptException || thrown instanceof IllegalArgumentException;
        return request.isJson() && refusal && message.contains("JSON schema")
                ? ApiError.invalid("response_format", message.replace("maxTokens", "max_tokens"))
                : thrown;
    }

    /** Some thread added an event. */
    private void wake() {
        if (woken.compareAndSet(false, true)) {
            exchange.execute(this::drain);
        }
    }

    private void drain() {
        woken.set(false);
        try {
            while (!done && (expired || !isStream() || exchange.isWritable())) {
                Event event = task.poll();
                if (event == null) {
                    break;
                }
                handle(event);
            }
        } catch (RuntimeException | Error e) {
            stop();
            exchange.fail(e);
        }
        exchange.flush();
    }

    private void handle(Event event) {
        Choice choice = choices.get(event.choice());
        if (!begun) {
            begun = true;
            server.metrics().firstToken(exchange.nanoseconds());
        }
        if (event instanceof Event.Drawn drawn) {
            add(choice, drawn.token());
        } else if (event instanceof Event.Ended ended) {
            end(choice, ended.thrown());
        }
    }

    private void add(Choice choice, Token token) {
        boolean first = choice.count() == 0;
        int offset = choice.add(token);
        if (isStream()) {
            if (first) {
                begin(choice);
            }
            exchange.send(Json.write(form.chunk(choice, token, offset)));
        }
    }

    private void begin(Choice choice) {
        if (request.form().chat()) {
            exchange.send(Json.write(form.begin(choice)));
        }
    }

    private void end(Choice choice, @Nullable Throwable thrown) {
        if (thrown instanceof CancellationException) {
            // The time is over, and the choice ends with those that are open.
            return;
        }
        if (thrown != null) {
            stop();
            exchange.fail(thrown instanceof RuntimeException unchecked ? named(unchecked) : thrown);
            return;
        }
        boolean cut = choice.count() >= request.options().maxTokens() && !request.isJson();
        finish(choice, cut ? LENGTH : "stop");
        if (choices.stream().noneMatch(Choice::isOpen)) {
            complete();
        }
    }

    private void finish(Choice choice, String reason) {
        choice.finish(reason);
        if (isStream()) {
            if (choice.count() == 0) {
                begin(choice);
            }
            exchange.send(Json.write(form.end(choice)));
        }
    }

    private void complete() {
        stop();
        server.metrics()
                .tokens(
                        request.promptTokens(),
                        choices.stream().mapToLong(Choice::count).sum());
        if (!isStream()) {
            exchange.answer(200, Exchange.JSON, Json.write(form.whole(choices)));
            return;
        }
        if (request.form().includeUsage()) {
            exchange.send(Json.write(form.usageChunk(choices)));
        }
        exchange.send(DONE);
        exchange.endStream();
    }

    /** The time is over: the texts end as they are. */
    private void expire() {
        expired = true;
        task.cancel();
        drain();
        if (done) {
            return;
        }
        if (choices.stream().allMatch(choice -> choice.count() == 0)) {
            stop();
            exchange.fail(ApiError.unavailable(
                    "no token was generated within the time limit of "
                            + server.settings().limits().timeout().toSeconds()
                            + " seconds, since the server is busy; try"
                            + " again later",
                    "timeout"));
            return;
        }
        choices.stream().filter(Choice::isOpen).forEach(choice -> finish(choice, LENGTH));
        complete();
    }

    /** No more is generated, nor sent. */
    private void stop() {
        done = true;
        task.cancel();
        if (timeout != null) {
            timeout.cancel(false);
        }
    }
}
