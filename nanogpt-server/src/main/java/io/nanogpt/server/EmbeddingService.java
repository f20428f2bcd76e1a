package io.nanogpt.server;

import io.nanogpt.LanguageModel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Answers requests for embeddings: one at a time, as a model computes them, while others wait. */
final class EmbeddingService implements AutoCloseable {
    private static final int MOST_WAITING = 64;
    private static final int MOST_TEXTS = 2048;

    private final ServerState server;
    private final ThreadPoolExecutor thread;

    EmbeddingService(ServerState server, ThreadFactory threads) {
        this.server = server;
        thread = new ThreadPoolExecutor(1, 1, 10, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MOST_WAITING), threads);
        thread.allowCoreThreadTimeOut(true);
    }

    /**
     * A request.
     *
     * @param isArray whether its input is an array, not a text
     */
    private record Request(String name, LanguageModel model, List<String> texts, boolean isArray, boolean base64) {}

    /** Reads a request and has it answered. */
    void answer(Exchange exchange, Map<String, @Nullable Object> body, RequestReader reader) {
        Request request = read(new Fields("", body), reader);
        Future<?> work;
        try {
            work = thread.submit(() -> compute(exchange, request));
        } catch (RejectedExecutionException e) {
            throw new ApiError(
                    429,
                    "rate_limit_error",
                    "as many requests for embeddings wait as may; try again in a second",
                    null,
                    "rate_limit_exceeded");
        }
        exchange.execute(() -> {
            Future<?> timeout = exchange.schedule(
                    () -> {
                        if (work.cancel(true)) {
                            exchange.fail(ApiError.unavailable(
                                    "the embeddings took longer than the time limit; give fewer or shorter texts",
                                    "timeout"));
                        }
                    },
                    server.settings().limits().timeout());
            exchange.listen(() -> {}, () -> {
                timeout.cancel(false);
                work.cancel(true);
            });
        });
    }

    private static Request read(Fields fields, RequestReader reader) {
        fields.requireKnown(Set.of("model", "input", "encoding_format", "dimensions"), RequestReader.HARMLESS);
        LanguageModel model = reader.model(fields);
        Object input = fields.get("input").orElseThrow(() -> fields.missing("input"));
        if (input instanceof List<?> list && list.stream().anyMatch(RequestReader::isTokens)) {
            throw ApiError.unsupported("input", "this server takes texts, not token ids");
        }
        List<String> texts = fields.texts("input");
        if (texts.isEmpty() || texts.size() > MOST_TEXTS) {
            throw fields.wrong("input", "a string or an array of 1 to " + MOST_TEXTS + " strings");
        }
        if (fields.get("dimensions").isPresent()) {
            throw ApiError.unsupported(
                    "dimensions", "embeddings have the dimensions of the model; leave dimensions out");
        }
        String format = fields.text("encoding_format").orElse("float");
        if (!format.equals("float") && !format.equals("base64")) {
            throw fields.wrong("encoding_format", "float or base64");
        }
        return new Request(reader.modelName(fields), model, texts, input instanceof List<?>, format.equals("base64"));
    }

    private void compute(Exchange exchange, Request request) {
        try {
            long tokens = 0;
            for (int index = 0; index < request.texts().size(); index++) {
                tokens += tokens(request, index);
            }
            List<float[]> embeddings = request.model().embed(request.texts());
            byte[] answer = Json.write(form(request, embeddings, tokens));
            server.metrics().tokens(tokens, 0);
            exchange.execute(() -> exchange.answer(200, Exchange.JSON, answer));
        } catch (RuntimeException | Error e) {
            exchange.fail(e);
        }
    }

    /** The number of tokens of a text, which must have some; what is wrong names it as the request does. */
    private static long tokens(Request request, int index) {
        String name = request.isArray() ? "input[" + index + "]" : "input";
        long count;
        try {
            count = request.model().tokenizer().count(request.texts().get(index));
        } catch (IllegalArgumentException e) {
            throw ApiError.invalid(name, name + ": " + e.getMessage());
        }
        if (count == 0) {
            throw ApiError.invalid(
                    name, name + " has no token, so it has no embedding; give at least one character, or leave it out");
        }
        return count;
    }

    private static Map<String, @Nullable Object> form(Request request, List<float[]> embeddings, long tokens) {
        List<Object> data = new ArrayList<>();
        for (float[] embedding : embeddings) {
            float[] unit = unit(embedding);
            Map<String, @Nullable Object> form = new LinkedHashMap<>();
            form.put("object", "embedding");
            form.put("index", data.size());
            form.put("embedding", request.base64() ? base64(unit) : unit);
            data.add(form);
        }
        Map<String, @Nullable Object> answer = new LinkedHashMap<>();
        answer.put("object", "list");
        answer.put("data", data);
        answer.put("model", request.name());
        answer.put("usage", Map.of("prompt_tokens", tokens, "total_tokens", tokens));
        return answer;
    }

    /** The same direction with length 1, as OpenAI's embeddings have. */
    private static float[] unit(float[] vector) {
        double squares = 0;
        for (float each : vector) {
            squares += (double) each * each;
        }
        double length = squares > 0 ? Math.sqrt(squares) : 1;
        float[] unit = new float[vector.length];
        for (int i = 0; i < unit.length; i++) {
            unit[i] = (float) (vector[i] / length);
        }
        return unit;
    }

    /** Numbers of 32 bits, the lowest byte first. */
    private static String base64(float[] numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float number : numbers) {
            bytes.putFloat(number);
        }
        return Base64.getEncoder().encodeToString(bytes.array());
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
