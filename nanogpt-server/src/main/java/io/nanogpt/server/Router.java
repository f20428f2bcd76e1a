package io.nanogpt.server;

import io.nanogpt.LanguageModel;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** Answers requests by their routes. */
final class Router {
    private static final String METRICS = "text/plain; version=0.0.4; charset=utf-8";

    private final ServerState server;
    private final RequestReader reader;
    private final EmbeddingService embeddings;
    /** Reads bodies and encodes prompts. */
    private final Executor workers;

    private final Page page = Page.read();
    /** When the server began, in seconds since 1970. */
    private final long created = System.currentTimeMillis() / 1000;

    Router(ServerState server, EmbeddingService embeddings, Executor workers) {
        this.server = server;
        this.embeddings = embeddings;
        this.workers = workers;
        reader = new RequestReader(server.settings());
    }

    /** Answers a request without a body, by the event loop. */
    void get(Exchange exchange, String uri) {
        switch (exchange.route()) {
            case PAGE -> page.answer(exchange);
            case HEALTH -> health(exchange);
            case METRICS -> {
                String text = server.metrics()
                        .text(server.active(), server.connections().size());
                exchange.answer(200, METRICS, text.getBytes(StandardCharsets.UTF_8));
            }
            case MODELS -> models(exchange);
            case MODEL -> model(exchange, Route.path(uri));
            default -> throw new IllegalStateException(exchange.route() + " is no route of GET");
        }
    }

    private void health(Exchange exchange) {
        boolean draining = server.isDraining();
        Map<String, String> status = Map.of("status", draining ? "draining" : "ok");
        exchange.answer(draining ? 503 : 200, Exchange.JSON, Json.write(status));
    }

    private void models(Exchange exchange) {
        Map<String, @Nullable Object> list = new LinkedHashMap<>();
        list.put("object", "list");
        list.put(
                "data",
                server.settings().models().entrySet().stream()
                        .map(model -> describe(model.getKey(), model.getValue()))
                        .toList());
        exchange.answer(200, Exchange.JSON, Json.write(list));
    }

    private void model(Exchange exchange, String path) {
        String encoded = path.substring(Route.MODELS.path().length() + 1);
        try {
            String name = URLDecoder.decode(encoded, StandardCharsets.UTF_8);
            LanguageModel model = reader.model(new Fields("", Map.of("model", name)));
            exchange.answer(200, Exchange.JSON, Json.write(describe(name, model)));
        } catch (IllegalArgumentException | ApiError e) {
            exchange.fail(e);
        }
    }

    private Map<String, @Nullable Object> describe(String name, LanguageModel model) {
        Map<String, @Nullable Object> form = new LinkedHashMap<>();
        form.put("id", name);
        form.put("object", "model");
        form.put("created", created);
        form.put("owned_by", "nanogpt");
        form.put("context_length", model.architecture().contextLength());
        form.put("vocabulary_size", model.tokenizer().vocabularySize());
        form.put("max_tokens", server.settings().maxTokens());
        return form;
    }

    /** Answers a request with a body. */
    void post(Exchange exchange, byte[] body) {
        try {
            workers.execute(() -> answer(exchange, body));
        } catch (RejectedExecutionException e) {
            exchange.fail(ApiError.unavailable("the server is shutting down", "shutting_down"));
        }
    }

    private void answer(Exchange exchange, byte[] body) {
        try {
            Map<String, @Nullable Object> request = Json.read(body);
            switch (exchange.route()) {
                case COMPLETIONS -> generate(exchange, reader.completion(request));
                case CHAT_COMPLETIONS -> generate(exchange, reader.chat(request));
                case EMBEDDINGS -> embeddings.answer(exchange, request, reader);
                default -> throw new IllegalStateException(exchange.route() + " is no route of POST");
            }
        } catch (RuntimeException | Error e) {
            exchange.fail(e);
        }
    }

    private void generate(Exchange exchange, GenerationRequest request) {
        new GenerationExchange(exchange, request, server).start();
    }
}
